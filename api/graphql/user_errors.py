"""Refusals that a client should expect, as data: one interface, one enum, a type for each kind of facts."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension

from api.graphql.errors import category_of
from api.graphql.operation import Info
from commands.event_log import VersionConflict
from commands.execute import PermissionMissing
from domain.errors import Conflict, DomainError, Forbidden, Invalid
from tenancy.credentials import Unauthenticated


@strawberry.enum(description="Why a change was refused.")
class UserErrorCode(Enum):
    INVALID = strawberry.enum_value("INVALID", description="The input can never be accepted as it stands.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such thing for the caller.")
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description="The caller may not do this here.")
    CONFLICT = strawberry.enum_value("CONFLICT", description="The thing is not in the state that was supposed.")
    LIMIT_REACHED = strawberry.enum_value("LIMIT_REACHED", description="The same may succeed later or smaller.")


@strawberry.interface(description="An expected refusal; nothing was changed.")
class UserError:
    code: UserErrorCode = strawberry.field(description="Why.")
    message: str = strawberry.field(description="For people to read.")
    path: list[str] | None = strawberry.field(description="The input that it is about.")
    problem: str = strawberry.field(description="The stable code of this very refusal, the same as over REST.")


@strawberry.type(description="The input breaks a rule.")
class ValidationError(UserError):
    constraint: str | None = strawberry.field(description="The rule's limit, as `name=value`.")


@strawberry.type(description="Somebody else changed it first: read it again and decide again.")
class ConflictError(UserError):
    current_version: int = strawberry.field(description="The version that it has now.")


@strawberry.type(description="It is not in a state in which this can be done.")
class StateError(UserError):
    pass


@strawberry.type(description="The caller has no right to do this.")
class PermissionError_(UserError):  # noqa: N801  # the name without the underscore is a builtin
    permission: str | None = strawberry.field(description="The permission that is missing.")


@strawberry.type(description="There is no such thing for the caller; another tenant's is the same answer.")
class NotFoundError(UserError):
    pass


@strawberry.type(description="A limit is reached.")
class LimitError(UserError):
    pass


USER_ERRORS = (ValidationError, ConflictError, StateError, PermissionError_, NotFoundError, LimitError)
