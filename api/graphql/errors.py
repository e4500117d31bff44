"""Top-level errors: limits, authentication and bugs, each with a code and the request's id, bugs without their text."""

from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from api.problems import DATABASE_AWAY, DATABASE_RETRY_AFTER_SECONDS
from commands.event_log import LogUnavailable
from domain.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound
from tenancy.credentials import Unauthenticated

log = structlog.get_logger()

_CODES: dict[type[DomainError], str] = {
    Unauthenticated: "UNAUTHENTICATED",
    NotFound: "NOT_FOUND",
    Conflict: "CONFLICT",
    Forbidden: "FORBIDDEN",
    Invalid: "INVALID",
    LimitReached: "LIMIT_REACHED",
}


class LimitExceeded(GraphQLError):
    """The document asks for more than one document may."""

    def __init__(self, limit: str, value: float) -> None:
        super().__init__(
            f"The document exceeds the limit {limit} of {value}.",
            extensions={"code": "LIMIT_EXCEEDED", "limit": limit, "value": value},
        )


class DeadlineExceeded(GraphQLError):
    """The operation took too long; what came in time is in `data`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"This field was not ready within {seconds:g} s. "
            "A change may have happened: repeat it with the same idempotency key.",
            extensions={"code": "DEADLINE_EXCEEDED", "deadlineMs": round(seconds * 1000)},
        )


def category_of(error: DomainError) -> str:
    """Return the code of a refusal's category."""
    return next(code for category, code in _CODES.items() if isinstance(error, category))


def formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """Return the error as it is sent; the text of a bug stays in the log."""
    message, extensions = _told(error)
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = error.path
    return {**shown, "extensions": {**extensions, "requestId": request_id}}


def bug_or_refusal(error: Exception, request_id: str) -> dict[str, Any]:
    """Return an exception that escaped execution as it is sent."""
    wrapped = error if isinstance(error, GraphQLError) else GraphQLError("", original_error=error)
    return formatted(wrapped, request_id)


def _told(error: GraphQLError) -> tuple[str, dict[str, Any]]:
    match cause := _cause(error):
        case DomainError():
            return str(cause), {"code": category_of(cause), "problem": cause.code, "facts": cause.facts()}
        case LogUnavailable():
            away = {"code": "UNAVAILABLE", "problem": cause.code, "retryAfterSeconds": cause.retry_after_seconds}
            return str(cause), away
        case _ if isinstance(cause, DATABASE_AWAY):
            log.warning("database.unavailable", error=type(cause).__name__, path=error.path)
            away = {"code": "UNAVAILABLE", "retryAfterSeconds": DATABASE_RETRY_AFTER_SECONDS}
            return "The database does not answer.", away
        case _ if told := _told_of_document(error, cause):
            return told
        case _:
            log.error("graphql.failed", error=type(cause).__name__, path=error.path, exc_info=cause)
            return "Something went wrong on our side.", {"code": "INTERNAL"}


def _told_of_document(error: GraphQLError, cause: Exception) -> tuple[str, dict[str, Any]] | None:
    """Return what the author of a document must know about it; None when the document is not at fault."""
    match cause:
        case CannotGetOperationTypeError() | InvalidOperationTypeError():
            return error.message, {"code": "GRAPHQL_VALIDATION_FAILED"}
        case RecursionError():
            return "The document is nested too deeply.", {"code": "LIMIT_EXCEEDED", "limit": "depth_fields_max"}
        case LimitExceeded() | DeadlineExceeded():
            return cause.message, dict(cause.extensions or {})
        case GraphQLSyntaxError():
            too_long = {"code": "LIMIT_EXCEEDED", "limit": "tokens_max"}
            return cause.message, too_long if "Parsing aborted" in cause.message else {"code": "GRAPHQL_PARSE_FAILED"}
        case GraphQLError() if error.path is None:
            return cause.message, {"code": "GRAPHQL_VALIDATION_FAILED"}
        case _:
            return None


def _cause(error: GraphQLError) -> Exception:
    """Return what was raised, under the locations that were put around it."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    # A plain GraphQL error says less than the one around it, which names the variable or the argument.
    return error if type(cause) is GraphQLError else cause
