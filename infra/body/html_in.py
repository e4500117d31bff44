"""HTML into the tree: sanitised first, then read."""

import re
from collections.abc import Iterator
from typing import Final

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from commands.bodies import ContentRefused
from infra.body.fit import fit_document
from infra.body.html_depth import depths
from infra.body.schema import SAFE_SCHEMES, mark, node, settled_marks
from infra.body.tree import HARD_BREAK, IMPORT_DEPTH_LEVELS_MAX, Child, Mark, Node, Text

MARK_TAGS: Final = {
    "a": "link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "u": "underline",
    "ins": "underline",
    "code": "code",
    "mark": "highlight",
}
_NODE_TAGS: Final = {
    "p": "paragraph",
    "blockquote": "blockquote",
    "li": "listItem",
    "tr": "tableRow",
    "td": "tableCell",
    "th": "tableHeader",
    "table": "table",
    "hr": "horizontalRule",
    **{f"h{level}": "heading" for level in range(1, 7)},
}
_BOUNDARIES: Final = frozenset(
    {"address", "article", "aside", "body", "dd", "details", "div", "dl", "dt", "figcaption", "figure"}
    | {"footer", "header", "main", "nav", "section", "summary"}
)
_SKIPPED: Final = frozenset({"-comment", "input", "colgroup", "col", "head", "title"})
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "code": {"class"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"data-checked", "data-type"},
    "mark": {"data-color"},
    "ol": {"start", "type"},
    "ul": {"data-type"},
    "td": {"colspan", "rowspan", "colwidth", "align", "style"},
    "th": {"colspan", "rowspan", "colwidth", "align", "style"},
    "*": {"style"},
}
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_TAGS_DEEP_MAX: Final = 500
_ALIGN: Final = re.compile(r"text-align:\s*(left|center|right)")
_CLEANER: Final = nh3.Cleaner(
    tags={*MARK_TAGS, *_NODE_TAGS, *_BOUNDARIES, "ul", "ol", "pre", "br", "img", "input", "label", "span"}
    | {"thead", "tbody", "tfoot", "caption"},
    clean_content_tags={
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "title",
    },
    attributes=_ATTRIBUTES,
    url_schemes={*SAFE_SCHEMES, "data"},
    filter_style_properties={"text-align", "white-space"},
    link_rel=None,
)


def read_html(html: str) -> Node:
    return fit_document(read_fragment(html))


def read_fragment(html: str) -> tuple[Child, ...]:
    """Read what may be placed among other nodes; the caller fits it."""
    _refuse_deep(html)
    body = LexborHTMLParser(_CLEANER.clean(html)).body
    return tuple(_trimmed(tuple(_Walk().children(body, (), 1)))) if body is not None else ()


def _refuse_deep(html: str) -> None:
    """The sanitiser takes time that grows with the square of the depth."""
    if any(depth > _TAGS_DEEP_MAX for depth in depths(html)):
        raise ContentRefused("The HTML is nested too deep.")


def read_mark_tag(tag: str) -> Mark | None:
    """Read one opening tag of inline HTML as the mark that it begins."""
    body = LexborHTMLParser(_CLEANER.clean(f"{tag}x")).body
    element = body.child if body is not None else None
    return _mark_of(element) if element is not None and element.tag in MARK_TAGS else None


def _mark_of(element: LexborNode) -> Mark | None:
    attributes = element.attributes
    given = {
        "href": attributes.get("href"),
        "title": attributes.get("title"),
        "color": attributes.get("data-color"),
    }
    return mark(MARK_TAGS[element.tag or ""], given)


class _Walk:
    """Walks elements with the marks around them; below the allowed depth only text is kept."""

    def children(
        self, parent: LexborNode, marks: tuple[Mark, ...], level: int, *, keeps_spaces: bool = False
    ) -> Iterator[Child]:
        inner = parent.child
        while inner is not None:
            yield from self._one(inner, marks, level, keeps_spaces=keeps_spaces)
            inner = inner.next

    def _one(self, element: LexborNode, marks: tuple[Mark, ...], level: int, *, keeps_spaces: bool) -> Iterator[Child]:
        tag = element.tag or ""
        if tag == "-text":
            text = element.text_content or ""
            yield Text(text if keeps_spaces else _SPACES.sub(" ", text), settled_marks(list(marks)))
        elif tag == "br":
            yield HARD_BREAK
        elif tag in _SKIPPED:
            return
        elif level > IMPORT_DEPTH_LEVELS_MAX:
            yield Text(element.text(), settled_marks(list(marks)))
        elif tag in MARK_TAGS:
            made = _mark_of(element)
            inner = (*marks, made) if made is not None else marks
            yield from self.children(element, inner, level + 1, keeps_spaces=keeps_spaces)
        else:
            yield from self._block(element, tag, marks, level, keeps_spaces=keeps_spaces)

    def _block(
        self, element: LexborNode, tag: str, marks: tuple[Mark, ...], level: int, *, keeps_spaces: bool
    ) -> Iterator[Child]:
        attributes = element.attributes
        keeps = keeps_spaces or "pre-wrap" in (attributes.get("style") or "")
        if tag == "img":
            yield node("image", attributes)
            return
        if tag == "pre":
            yield _code_block(element)
            return
        content = tuple(self.children(element, marks, level + 1, keeps_spaces=keeps))
        kind = _NODE_TAGS.get(tag)
        if tag in ("ul", "ol"):
            is_tasks = attributes.get("data-type") == "taskList"
            kind = "taskList" if is_tasks else "bulletList" if tag == "ul" else "orderedList"
        elif tag == "li" and "data-checked" in attributes:
            kind = "taskItem"
        if kind is not None:
            content = content if keeps else tuple(_trimmed(content))
            yield node(kind, _node_attrs(element, tag), content)
        elif tag in _BOUNDARIES:
            yield Node("boundary", {}, content if keeps else tuple(_trimmed(content)))
        else:
            yield from content


def _node_attrs(element: LexborNode, tag: str) -> dict[str, object]:
    given: dict[str, object] = dict(element.attributes)
    if tag[0] == "h" and tag[1:].isdigit():
        given["level"] = tag[1:]
    given["checked"] = given.get("data-checked")
    widths = str(given.get("colwidth") or "")
    given["colwidth"] = widths.split(",") if widths else None
    if align := _ALIGN.search(str(given.get("style") or "")):
        given["align"] = align[1]
    return given


def _code_block(element: LexborNode) -> Node:
    code = element.css_first("code")
    classes = (code.attributes.get("class") or "") if code is not None else ""
    language = next((name[9:] for name in classes.split() if name.startswith("language-")), None)
    return node("codeBlock", {"language": language}, (Text(element.text()),))


def _trimmed(content: tuple[Child, ...]) -> Iterator[Child]:
    """Drop the spaces that HTML does not show: beside blocks, at the ends, after another space."""
    shown: list[Child] = []
    for child in content:
        if isinstance(child, Text) and _ends_in_space(shown):
            shown.append(Text(child.text.removeprefix(" "), child.marks))
        elif isinstance(child, Node):
            _trim_end(shown)
            shown.append(child)
        else:
            shown.append(child)
    _trim_end(shown)
    yield from shown


def _ends_in_space(shown: list[Child]) -> bool:
    last = next((child for child in reversed(shown) if not isinstance(child, Text) or child.text), None)
    return not isinstance(last, Text) or last.text.endswith(" ")


def _trim_end(shown: list[Child]) -> None:
    while shown and isinstance(last := shown[-1], Text):
        shown.pop()
        if kept := last.text.removesuffix(" "):
            shown.append(Text(kept, last.marks))
            return
