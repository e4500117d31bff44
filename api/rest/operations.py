"""Block-level edit operations as JSON: `{"type": "append_markdown", "markdown": "..."}`."""

from dataclasses import MISSING, fields
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, BeforeValidator, Field, create_model

from api.editing import OPERATIONS, TEXT_CHARACTERS_MAX
from api.rest.models import Wire
from domain.document.operations import EditOperation


def _bounded(annotation: Any) -> Any:
    """Return the field's type with its bounds: texts of limited length, counts that are not negative."""
    if annotation is str:
        return Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX)]
    if annotation is int:
        return Annotated[int, Field(ge=0)]
    if annotation == int | None:
        return Annotated[int | None, Field(ge=0)]
    if annotation == str | None:
        return Annotated[str | None, Field(max_length=TEXT_CHARACTERS_MAX)]
    return annotation


def _model(name: str, operation: type) -> type[BaseModel]:
    """Return the wire model of a domain operation: its own fields and its name as `type`."""
    members: dict[str, Any] = {"type": (Literal[name], ...)}
    for field in fields(operation):
        default = ... if field.default is MISSING else field.default
        members[field.name] = (_bounded(field.type), default)
    return create_model(operation.__name__, __base__=Wire, __doc__=operation.__doc__, **members)


def _named(raw: object) -> object:
    """Accept `op` as another name of `type`."""
    if isinstance(raw, dict) and "op" in raw and "type" not in raw:
        return {"type": raw["op"], **{name: value for name, value in raw.items() if name != "op"}}
    return raw


_MODELS = tuple(_model(name, operation) for name, operation in OPERATIONS.items())

OperationModel = Annotated[Union[_MODELS], Field(discriminator="type"), BeforeValidator(_named)]  # type: ignore[valid-type]  # noqa: UP007


def to_domain(model: BaseModel) -> EditOperation:
    """Return the domain's operation."""
    values = model.model_dump()
    operation: EditOperation = OPERATIONS[values.pop("type")](**values)
    return operation
