"""The inline tokens of Markdown as text with marks."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it.token import Token

from infra.body.html_in import MARK_TAGS, read_fragment, read_mark_tag
from infra.body.schema import mark, node, settled_marks
from infra.body.text import with_newlines
from infra.body.tree import HARD_BREAK, Child, Mark, Text

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>", re.DOTALL)
_MARKS: Final = {"strong": "bold", "em": "italic", "s": "strike", "link": "link"}


def read_inline(tokens: Sequence[Token]) -> tuple[Child, ...]:
    return tuple(_Inline().read(tokens))


class _Inline:
    """
    Knows which marks are open, of each kind the innermost last; one begun by a tag and not closed ends with its block.

    A text looks at one of each kind only: however many are open, it takes the same time.
    """

    def __init__(self) -> None:
        self._open: dict[str, list[Mark | None]] = {}

    def read(self, tokens: Sequence[Token]) -> Iterator[Child]:
        for token in tokens:
            name, _, side = token.type.rpartition("_")
            if name in _MARKS and side == "open":
                given = {"href": token.attrs.get("href"), "title": token.attrs.get("title")}
                self._begin(f"markdown:{name}", mark(_MARKS[name], given))
            elif name in _MARKS and side == "close":
                self._close(f"markdown:{name}")
            else:
                yield from self._leaf(token)

    def _leaf(self, token: Token) -> Iterator[Child]:
        match token.type:
            case "code_inline":
                yield self._text(token.content, Mark("code"))
            case "softbreak":
                yield self._text(" ")
            case "hardbreak":
                yield HARD_BREAK
            case "image":
                alt = "".join(child.content for child in token.children or ())
                yield node("image", {**token.attrs, "alt": alt or None})
            case "html_inline":
                yield from self._tag(token.content)
            case _:
                if token.content:
                    yield self._text(token.content)

    def _tag(self, tag: str) -> Iterator[Child]:
        """Take the tags of marks, breaks and images; any other stays the text that it is."""
        found = _TAG.fullmatch(tag)
        name = found[2].lower() if found else ""
        if name in MARK_TAGS:
            kind = f"html:{MARK_TAGS[name]}"
            if found and found[1]:
                self._close(kind)
            else:
                self._begin(kind, read_mark_tag(tag))
        elif name == "br":
            yield HARD_BREAK
        elif name == "img":
            yield from read_fragment(tag)
        else:
            yield self._text(tag)

    def _begin(self, name: str, begun: Mark | None) -> None:
        """What leads nowhere goes on as what is around it."""
        around = self._open.setdefault(name, [])
        around.append(begun or (around[-1] if around else None))

    def _close(self, name: str) -> None:
        if around := self._open.get(name):
            around.pop()
            if not around:
                del self._open[name]

    def _text(self, text: str, *more: Mark) -> Text:
        marks = [around[-1] for around in self._open.values() if around[-1] is not None]
        return Text(with_newlines(text), settled_marks([*marks, *more]))
