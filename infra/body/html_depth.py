"""How deep HTML is nested, never told too small: only what a parser is sure to close counts as closed."""

import re
from collections.abc import Iterator
from typing import Final

_SPACE: Final = r"[ \t\n\f\r]"
_VALUE: Final = r"""(?:"[^"]*+"|'[^']*+'|(?=>)|[^ \t\n\f\r>"'][^ \t\n\f\r>]*+)"""
# As a tokeniser sees it: what is quoted ends no tag, and what has no end goes to the end. No part of it is tried twice.
_MARKUP: Final = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?P<end>/?)(?P<name>[a-zA-Z][^ \t\n\f\r/>]*+)"
    rf"(?:[ \t\n\f\r/]++|[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+(?:{_SPACE}*+={_SPACE}*+{_VALUE})?+)*+(?:>|\Z)"
    r"|(?P<cdata><!\[CDATA\[)|<[!?/][^>]*+(?:>|\Z)",
    re.DOTALL,
)
# Those that have no content, or that no other tag closes.
_FLAT: Final = frozenset(
    {"p", "li", "td", "th", "tr", "thead", "tbody", "tfoot", "dt", "dd", "option", "br", "img", "hr", "input", "meta"}
    | {"link", "col", "wbr", "area", "base", "embed", "source", "track", "param"}
)
_BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "button", "center", "details", "dialog", "dir", "div", "dl"}
    | {"fieldset", "figcaption", "figure", "footer", "header", "hgroup", "main", "menu", "nav", "ol", "pre", "search"}
    | {"section", "summary", "ul", "h1", "h2", "h3", "h4", "h5", "h6", "form", "html", "body", "head"}
)
_WALLS: Final = frozenset(
    {"table", "caption", "marquee", "object", "applet", "template", "select", "svg", "math", "foreignobject", "desc"}
    | {"title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml", "script", "style", "textarea", "xmp", "iframe"}
    | {"noembed", "noframes", "noscript", "plaintext"}
)
# Not closed with what is around them: a parser opens them again behind it.
_FORMATS: Final = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})


_WALL, _BLOCK = "WALL", "BLOCK"  # no names of tags, which are lower case


def depths(html: str) -> Iterator[int]:
    """Yield the depth at each tag that opens one more level."""
    opened = _Open()
    at = is_text_until = 0
    while (found := _MARKUP.search(html, at)) is not None:
        at = found.end()
        name = (found["name"] or "").lower()
        if found["cdata"] and opened.is_foreign:
            end = html.find("]]>", at)
            is_text_until = max(is_text_until, end if end >= 0 else len(html))
        elif not name or name in _FLAT:
            continue
        elif found["end"]:
            if found.start() >= is_text_until:
                opened.close(name)
        elif (end_of_text := _end_of_text(html, at, name)) is not None and not opened.is_foreign:
            at = end_of_text
        else:
            yield opened.open(name)


def _end_of_text(html: str, at: int, name: str) -> int | None:
    found = re.compile(f"</{name}(?=[ \t\n\f\r/>])", re.IGNORECASE).search(html, at) if name in _RAW else None
    return found.end() if found is not None else None


class _Open:
    """What is open, and by name and kind where."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._places: dict[str, list[int]] = {}

    @property
    def is_foreign(self) -> bool:
        return bool(self._places.get("svg") or self._places.get("math"))

    def open(self, name: str) -> int:
        for kind in (name, _WALL if name in _WALLS else _BLOCK if name in _BLOCKS else None):
            if kind is not None:
                self._places.setdefault(kind, []).append(len(self._names))
        self._names.append(name)
        return len(self._names)

    def close(self, name: str) -> None:
        """Close it with all that is in it, unless a parser may take that for closing nothing."""
        place = self._last(name)
        walls = self._last(_WALL) if name in _BLOCKS or name == "table" else max(self._last(_WALL), self._last(_BLOCK))
        if place < 0 or place < walls:
            return
        for kind in {*self._names[place:], _WALL, _BLOCK}:
            places = self._places.get(kind, [])
            while places and places[-1] >= place:
                places.pop()
        again = [gone for gone in self._names[place + 1 :] if gone in _FORMATS]
        del self._names[place:]
        for gone in again:
            self.open(gone)

    def _last(self, kind: str) -> int:
        places = self._places.get(kind)
        return places[-1] if places else -1
