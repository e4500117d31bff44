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
from domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
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
class ForbiddenError(UserError):
    permission: str | None = strawberry.field(description="The permission that is missing.")


@strawberry.type(description="There is no such thing for the caller; another tenant's is the same answer.")
class NotFoundError(UserError):
    pass


@strawberry.type(description="A limit is reached.")
class LimitError(UserError):
    pass


USER_ERRORS = (ValidationError, ConflictError, StateError, ForbiddenError, NotFoundError, LimitError)

_PATHS: dict[str, list[str]] = {
    "document.not_found": ["input", "id"],
    "document.title_refused": ["input", "title"],
    "idempotency.key_refused": ["input", "idempotencyKey"],
    "idempotency.key_reused": ["input", "idempotencyKey"],
    "stream.version_conflict": ["input", "expectedVersion"],
}


def user_error(error: DomainError) -> UserError:
    """Return the refusal as data."""
    told: dict[str, Any] = {
        "code": UserErrorCode(category_of(error)),
        "message": str(error),
        "path": _PATHS.get(error.code),
        "problem": error.code,
    }
    match error:
        case VersionConflict():
            return ConflictError(**told, current_version=error.actual_version)
        case Conflict():
            return StateError(**told)
        case Forbidden():
            return ForbiddenError(**told, permission=error.permission if isinstance(error, PermissionMissing) else None)
        case Invalid():
            limits = [f"{name}={value}" for name, value in error.facts().items() if value is not None]
            return ValidationError(**told, constraint=", ".join(limits) or None)
        case NotFound():
            return NotFoundError(**told)
        case _:
            return LimitError(**told)


class AnswersRefusals(FieldExtension):
    """What all mutations do: refusals become `userErrors`, and the client's own id goes back to it."""

    def __init__(self, payload: Callable[..., Any]) -> None:
        self._payload = payload

    async def resolve_async(self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any) -> Any:
        try:
            payload = await next_(source, info, **kwargs)
        except Unauthenticated:
            raise
        except DomainError as error:
            if isinstance(error, Forbidden):
                info.context.refused(error)
            payload = self._payload(user_errors=[user_error(error)])
        payload.client_mutation_id = kwargs["input"].client_mutation_id
        return payload
