"""The operations on blocks as GraphQL inputs, made of the domain's own."""

import inspect
from dataclasses import MISSING, fields
from enum import Enum
from types import new_class
from typing import Any, Final

import strawberry

from api.editing import OPERATIONS, TEXT_CHARACTERS_MAX
from commands.bodies import ContentRefused
from domain.document.operations import BlockType, EditOperation, MarkName

_DESCRIPTIONS: Final = {
    "block": "Which top-level block, from 0.",
    "offset": "Where in the block's text, in code points; without a block in the whole of a plain body.",
    "length": "How many code points.",
    "text": "The text.",
    "markdown": "The content, as Markdown.",
    "at": "Before which block; the number of blocks is the end.",
    "to": "What it is to be, or the place that it has afterwards.",
    "mark": "Which mark.",
    "href": "The address of a link.",
    "title": "The title of a link.",
    "color": "The color of a highlight.",
    "level": "The level of a heading, from 1 to 6.",
}


@strawberry.enum(name="MarkName", description="How text can be marked.")
class _Mark(Enum):
    BOLD = strawberry.enum_value(MarkName.BOLD, description="Bold.")
    ITALIC = strawberry.enum_value(MarkName.ITALIC, description="Italic.")
    STRIKE = strawberry.enum_value(MarkName.STRIKE, description="Struck through.")
    UNDERLINE = strawberry.enum_value(MarkName.UNDERLINE, description="Underlined.")
    CODE = strawberry.enum_value(MarkName.CODE, description="Code, which stands alone.")
    LINK = strawberry.enum_value(MarkName.LINK, description="A link; it needs an address.")
    HIGHLIGHT = strawberry.enum_value(MarkName.HIGHLIGHT, description="Highlighted, in a color if one is given.")


@strawberry.enum(name="BlockType", description="What a block of text can become.")
class _BlockType(Enum):
    PARAGRAPH = strawberry.enum_value(BlockType.PARAGRAPH, description="A paragraph for each line.")
    HEADING = strawberry.enum_value(BlockType.HEADING, description="A heading for each line.")
    BLOCKQUOTE = strawberry.enum_value(BlockType.BLOCKQUOTE, description="A quote.")
    CODE_BLOCK = strawberry.enum_value(BlockType.CODE_BLOCK, description="Code.")
    BULLET_LIST = strawberry.enum_value(BlockType.BULLET_LIST, description="A list with an item for each line.")
    ORDERED_LIST = strawberry.enum_value(BlockType.ORDERED_LIST, description="A numbered list.")
    TASK_LIST = strawberry.enum_value(BlockType.TASK_LIST, description="A list of tasks.")


_TYPES: Final[dict[Any, Any]] = {
    MarkName: _Mark,
    MarkName | None: _Mark | None,
    BlockType: _BlockType,
}


def _input(operation: type[Any]) -> type[Any]:
    members: dict[str, Any] = {}
    for field in fields(operation):
        given = {} if field.default is MISSING else {"default": field.default}
        members[field.name] = strawberry.field(description=_DESCRIPTIONS[field.name], **given)
    annotations = {field.name: _TYPES.get(field.type, field.type) for field in fields(operation)}
    made = new_class(f"{operation.__name__}Input", (), {}, lambda space: space.update(members))
    made.__annotations__ = annotations
    return strawberry.input(made, description=inspect.cleandoc(operation.__doc__ or ""))


_INPUTS: Final = {name: _input(operation) for name, operation in OPERATIONS.items()}


def _one_of() -> type[Any]:
    described = {
        name: strawberry.field(description=inspect.cleandoc(OPERATIONS[name].__doc__ or ""), default=strawberry.UNSET)
        for name in OPERATIONS
    }
    made = new_class("EditOperationInput", (), {}, lambda space: space.update(described))
    made.__annotations__ = {name: made_input | None for name, made_input in _INPUTS.items()}
    return strawberry.input(made, one_of=True, description="One operation on a body; exactly one of the members.")


EditOperationInput: Any = _one_of()


def to_domain(given: Any) -> EditOperation:
    """Return the domain's operation. Raises ContentRefused for a text that is too long."""
    name = next(name for name in OPERATIONS if getattr(given, name) not in (None, strawberry.UNSET))
    asked = getattr(given, name)
    values = {field.name: _known(getattr(asked, field.name)) for field in fields(OPERATIONS[name])}
    operation: EditOperation = OPERATIONS[name](**values)
    return operation


def _known(value: Any) -> Any:
    if isinstance(value, str) and len(value) > TEXT_CHARACTERS_MAX:
        raise ContentRefused(f"A text has at most {TEXT_CHARACTERS_MAX} characters.")
    return value.value if isinstance(value, Enum) else value
