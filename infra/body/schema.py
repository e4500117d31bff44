"""The ProseMirror schema of a rich body: nodes, marks, attributes, as Tiptap stores them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from infra.body.tree import Mark, Node

BLOCKS: Final = frozenset(
    {
        "paragraph",
        "heading",
        "blockquote",
        "bulletList",
        "orderedList",
        "taskList",
        "codeBlock",
        "horizontalRule",
        "image",
        "table",
    }
)
INLINES: Final = frozenset({"text", "hardBreak"})

SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
"""Of addresses in every format, and in the editor; no browser opens ftp any more."""
_SAFE_IMAGE_DATA: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]*", re.ASCII)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.ASCII)
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]+")
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{1,40}|(?:rgb|hsl)a?\([0-9.,%/ ]{1,60}\)", re.ASCII)

Coercion = Callable[[Any], Any]


def safe_href(value: Any) -> str | None:
    """Return the address if it is relative, or of one of the safe schemes."""
    if not isinstance(value, str) or not value.strip():
        return None
    scheme = _SCHEME.match(_UNSEEN.sub("", value).lower())
    return value if scheme is None or scheme[1] in SAFE_SCHEMES else None


def safe_image_source(value: Any) -> str | None:
    if isinstance(value, str) and _SAFE_IMAGE_DATA.fullmatch(value):
        return value
    return safe_href(value)


def _whole(minimum: int, maximum: int, default: int | None) -> Coercion:
    def coerce(value: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return default
        try:
            number = int(value)
        except (ValueError, OverflowError):
            return default
        return number if minimum <= number <= maximum else default

    return coerce


def _one_of(*allowed: str) -> Coercion:
    return lambda value: value if value in allowed else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: Any) -> str | None:
    words = value.split() if isinstance(value, str) else []
    return words[0] if words else None


def _color(value: Any) -> str | None:
    return value if isinstance(value, str) and _COLOR.fullmatch(value) else None


def _flag(value: Any) -> bool:
    return value is True or value == "true"


def _column_widths(value: Any) -> list[int] | None:
    widths = [_whole(0, 10_000, 0)(width) for width in value] if isinstance(value, list) else []
    return widths or None


def _constant(value: str | None) -> Coercion:
    return lambda _: value


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeType:
    holds: frozenset[str]
    attrs: Mapping[str, Coercion] = field(default_factory=dict)
    begins_with_paragraph: bool = False
    may_be_empty: bool = False


_CELL_ATTRS: Final[Mapping[str, Coercion]] = {
    "colspan": _whole(1, 1000, 1),
    "rowspan": _whole(1, 1000, 1),
    "colwidth": _column_widths,
    "align": _one_of("left", "center", "right"),
}

NODES: Final[Mapping[str, NodeType]] = {
    "doc": NodeType(holds=BLOCKS),
    "paragraph": NodeType(holds=INLINES, may_be_empty=True),
    "heading": NodeType(holds=INLINES, may_be_empty=True, attrs={"level": _whole(1, 6, 1)}),
    "blockquote": NodeType(holds=BLOCKS),
    "bulletList": NodeType(holds=frozenset({"listItem"})),
    "orderedList": NodeType(
        holds=frozenset({"listItem"}),
        attrs={"start": _whole(0, 2**31 - 1, 1), "type": _one_of("1", "a", "A", "i", "I")},
    ),
    "listItem": NodeType(holds=BLOCKS, begins_with_paragraph=True),
    "taskList": NodeType(holds=frozenset({"taskItem"})),
    "taskItem": NodeType(holds=BLOCKS, begins_with_paragraph=True, attrs={"checked": _flag}),
    "codeBlock": NodeType(holds=frozenset({"text"}), may_be_empty=True, attrs={"language": _word}),
    "horizontalRule": NodeType(holds=frozenset(), may_be_empty=True),
    "hardBreak": NodeType(holds=frozenset(), may_be_empty=True),
    "image": NodeType(
        holds=frozenset(),
        may_be_empty=True,
        attrs={
            "src": safe_image_source,
            "alt": _text,
            "title": _text,
            "width": _whole(1, 100_000, None),
            "height": _whole(1, 100_000, None),
        },
    ),
    "table": NodeType(holds=frozenset({"tableRow"})),
    "tableRow": NodeType(holds=frozenset({"tableCell", "tableHeader"})),
    "tableCell": NodeType(holds=BLOCKS, attrs=_CELL_ATTRS),
    "tableHeader": NodeType(holds=BLOCKS, attrs=_CELL_ATTRS),
}

# In the order in which ProseMirror keeps the marks of a text.
MARKS: Final[Mapping[str, Mapping[str, Coercion]]] = {
    "link": {
        "href": safe_href,
        "target": _constant("_blank"),
        "rel": _constant("noopener noreferrer nofollow"),
        "class": _constant(None),
        "title": _text,
    },
    "bold": {},
    "code": {},
    "italic": {},
    "strike": {},
    "underline": {},
    "highlight": {"color": _color},
}
_RANK: Final = {name: rank for rank, name in enumerate(MARKS)}


def node(kind: str, attrs: Mapping[str, Any] | None = None, content: tuple[Any, ...] = ()) -> Node:
    """Make a node with exactly the attributes of its type, the unusable ones at their default."""
    given = attrs or {}
    return Node(kind, {name: coerce(given.get(name)) for name, coerce in NODES[kind].attrs.items()}, content)


def mark(kind: str, attrs: Mapping[str, Any] | None = None) -> Mark | None:
    """Make a mark as `node` makes a node; none for a link that leads nowhere safe."""
    given = attrs or {}
    made = Mark(kind, {name: coerce(given.get(name)) for name, coerce in MARKS[kind].items()})
    return None if kind == "link" and made.attrs["href"] is None else made


def settled_marks(marks: list[Mark]) -> tuple[Mark, ...]:
    """Order marks, one of each type. Code stands alone; but an address is worth more than a typeface."""
    by_type = {one.type: one for one in marks}
    if "code" in by_type:
        by_type = {"link": by_type["link"]} if "link" in by_type else {"code": by_type["code"]}
    return tuple(sorted(by_type.values(), key=lambda one: _RANK[one.type]))
