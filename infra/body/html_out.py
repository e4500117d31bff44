"""The tree as an HTML fragment: escaped here, and sanitised once more at the end."""

import re
from collections.abc import Iterable
from html import escape
from typing import Any, Final

import nh3

from infra.body.schema import SAFE_SCHEMES, safe_href, safe_image_source
from infra.body.text import without_controls
from infra.body.tree import AUTHORED, Child, Mark, Node, Text, inline_text

_MARK_TAGS: Final = {"bold": "strong", "italic": "em", "strike": "s", "underline": "u", "code": "code"}
_NODE_TAGS: Final = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bulletList": "ul",
    "listItem": "li",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}
_SWALLOWED: Final = re.compile(r"^ | $|  |\t")


def _safe_attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href"):
        return safe_href(value)
    if (tag, name) == ("img", "src"):
        return safe_image_source(value)
    return value


_GATE: Final = nh3.Cleaner(
    tags={
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "li",
        "pre",
        "code",
        "hr",
        "br",
        "img",
    }
    | {"table", "tbody", "tr", "td", "th", "a", "strong", "em", "s", "u", "mark", "input", "div", "span"},
    attributes={
        "a": {"href", "title", "target", "rel"},
        "code": {"class"},
        "img": {"src", "alt", "title", "width", "height"},
        "input": {"type", "checked", "disabled"},
        "li": {"data-checked", "data-type"},
        "mark": {"data-color"},
        "ol": {"start", "type"},
        "span": {"data-origin", "data-author", "data-generation", "data-accepted-by"},
        "ul": {"data-type"},
        "td": {"colspan", "rowspan", "colwidth", "style"},
        "th": {"colspan", "rowspan", "colwidth", "style"},
        **{tag: {"style"} for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6")},
    },
    url_schemes={*SAFE_SCHEMES, "data"},
    filter_style_properties={"text-align", "white-space"},
    attribute_filter=_safe_attribute,
    link_rel=None,
)


def write_html(document: Node) -> str:
    return _GATE.clean(_all(document.content))


def write_block(block: Node) -> str:
    return _GATE.clean(_one(block))


def _all(children: Iterable[Child]) -> str:
    return "".join(map(_one, children))


def _one(child: Child) -> str:
    if isinstance(child, Text):
        return _text(child)
    match child.type:
        case "heading" | "paragraph":
            tag = f"h{child.attrs['level']}" if child.type == "heading" else "p"
            return _text_block(tag, child)
        case "codeBlock":
            language = child.attrs["language"]
            opening = _tag("code", {"class": f"language-{language}" if language else None})
            return f"<pre>{opening}{_all(child.content)}</code></pre>"
        case "image":
            return _tag("img", child.attrs)
        case "hardBreak" | "horizontalRule":
            return "<br>" if child.type == "hardBreak" else "<hr>"
        case _:
            return _container(child)


def _container(child: Node) -> str:
    attrs = child.attrs
    match child.type:
        case "orderedList":
            start = None if attrs["start"] == 1 else attrs["start"]
            return f"{_tag('ol', {'start': start, 'type': attrs['type']})}{_all(child.content)}</ol>"
        case "taskList":
            return f'<ul data-type="taskList">{_all(child.content)}</ul>'
        case "taskItem":
            box = f'<input type="checkbox"{" checked" if attrs["checked"] else ""} disabled>'
            opening = _tag("li", {"data-checked": str(attrs["checked"]).lower(), "data-type": "taskItem"})
            return f"{opening}{box}<div>{_all(child.content)}</div></li>"
        case "tableCell" | "tableHeader":
            tag = _NODE_TAGS[child.type]
            return f"{_tag(tag, _cell_attrs(attrs))}{_all(child.content)}</{tag}>"
        case "table":
            return f"<table><tbody>{_all(child.content)}</tbody></table>"
        case _:
            tag = _NODE_TAGS[child.type]
            return f"<{tag}>{_all(child.content)}</{tag}>"


def _cell_attrs(attrs: Any) -> dict[str, Any]:
    return {
        "colspan": None if attrs["colspan"] == 1 else attrs["colspan"],
        "rowspan": None if attrs["rowspan"] == 1 else attrs["rowspan"],
        "colwidth": ",".join(map(str, attrs["colwidth"])) if attrs["colwidth"] else None,
        "style": f"text-align: {attrs['align']}" if attrs["align"] else None,
    }


def _text_block(tag: str, block: Node) -> str:
    """Ask for spaces to be kept where HTML would swallow some."""
    lines = without_controls(inline_text(block.content)).split("\n")
    has_newline_in_text = any(isinstance(child, Text) and "\n" in child.text for child in block.content)
    swallows = has_newline_in_text or any(map(_SWALLOWED.search, lines))
    return f"{_tag(tag, {'style': 'white-space: pre-wrap' if swallows else None})}{_all(block.content)}</{tag}>"


def _text(child: Text) -> str:
    written = _escaped(child.text)
    for one in reversed(child.marks):
        written = _marked(one, written)
    return written


def _marked(one: Mark, inner: str) -> str:
    if one.type == "link":
        return f"{_tag('a', one.attrs)}{inner}</a>"
    if one.type == AUTHORED:
        return f"{_tag('span', one.attrs)}{inner}</span>"
    if one.type == "highlight":
        return f"{_tag('mark', {'data-color': one.attrs['color']})}{inner}</mark>"
    tag = _MARK_TAGS[one.type]
    return f"<{tag}>{inner}</{tag}>"


def _tag(name: str, attrs: Any) -> str:
    written = (f' {key}="{_escaped(str(value))}"' for key, value in attrs.items() if value is not None)
    return f"<{name}{''.join(written)}>"


def _escaped(text: str) -> str:
    return escape(without_controls(text))
