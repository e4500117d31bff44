"""`@requires`: which permission a field needs, said in the schema and enforced by the same object."""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from api.graphql.operation import Info, Operation
from commands.execute import PermissionMissing
from tenancy.roles import Permission

SESSION = "session"
"""Needs a valid credential of the tenant and no permission beyond it."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requires",
    description=(
        "The permission that the caller needs for this field. `session` means any valid credential of the tenant. "
        "With `orOwn` the field is also visible to the person whose it is, and null to everybody else."
    ),
)
class RequiresDirective:
    permission: str
    or_own: bool | None = strawberry.UNSET


class Requires(FieldExtension):
    """Puts `@requires` on a field and refuses callers without the permission."""

    def __init__(self, permission: Permission | None, *, or_own: bool = False) -> None:
        self._permission = permission
        self._or_own = or_own

    def apply(self, field: StrawberryField) -> None:
        wanted = RequiresDirective(
            permission=self._permission or SESSION, or_own=True if self._or_own else strawberry.UNSET
        )
        field.directives = [*(d for d in field.directives if not isinstance(d, RequiresDirective)), wanted]

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs) if self._granted(source, info.context) else None

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        if not self._granted(source, info.context):
            return None
        answer = next_(source, info, **kwargs)
        return await answer if isawaitable(answer) else answer  # a subscription is a generator, not an answer

    def _granted(self, source: Any, operation: Operation) -> bool:
        if self._permission is None or self._permission in operation.tenant.permissions:
            return True
        if not self._or_own:
            missing = PermissionMissing(self._permission)
            operation.refused(missing)
            raise missing
        owner: bool = source.is_of(operation.tenant.member_id)
        return owner
