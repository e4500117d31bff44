"""Refusals as RFC 9457 problem details: one shape for every error that HTTP clients see."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api.envelopes import in_envelope
from api.live.closing import CloseCode, ConnectionRefused
from commands.event_log import LogUnavailable
from domain.errors import Conflict, DomainError, Forbidden, Invalid, LimitReached, NotFound
from domain.evidence.events import ObjectKind
from gateway.refusals import BudgetsUnavailable, ProvidersUnavailable
from tenancy.accesses import Accesses
from tenancy.context import TenantContext
from tenancy.credentials import Unauthenticated

log = structlog.get_logger()

_STATUS: dict[type[DomainError], HTTPStatus] = {
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
}

DATABASE_AWAY: Final = (OperationalError, InterfaceError, PoolTimeout)
"""What a query raises when the database cannot be reached, goes away or has no connection left."""
DATABASE_RETRY_AFTER_SECONDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a code tells a client's programmer."""

    status: int
    meaning: str
    facts: tuple[str, ...] = ()


_OF_CLOSING: Final[Mapping[CloseCode, tuple[int, str]]] = {
    CloseCode.MALFORMED: (422, "A message is not one of the protocol, or an update not one that the document takes."),
    CloseCode.FORBIDDEN: (403, "The credential may not read documents, or only our own pages may use it."),
    CloseCode.NOT_FOUND: (404, "There is no such document, or not for this member."),
    CloseCode.ARCHIVED: (409, "The document is archived."),
    CloseCode.TOO_LARGE: (413, "A message, or the document with it, is larger than this installation takes."),
    CloseCode.IDS_TAKEN: (
        409,
        "Other content has the ids of what was sent; keep it, and send it under a new client id.",
    ),
    CloseCode.OUT_OF_ORDER: (410, "Something is missing between what was sent or read; open a session and sync."),
    CloseCode.RESET: (410, "The session has ended because nobody listened to it; open another and sync."),
    CloseCode.TOO_FAST: (429, "This sends more than it may."),
    CloseCode.TOO_SLOW: (503, "The session was not read fast enough, or the document is full; sync again later."),
    CloseCode.UNAVAILABLE: (503, "Edits cannot be stored or the document cannot be read right now; sync again later."),
    CloseCode.GOING_AWAY: (503, "The server is restarting; open another session and sync."),
}
"""Why a live session over plain HTTP ends, or does not begin. The other codes are of WebSockets only."""


def _code_of(closing: CloseCode) -> str:
    return f"live.{closing.name.lower()}"


OF_DELIVERY: Final[Mapping[str, Meaning]] = {
    "request.invalid": Meaning(
        status=422, meaning="The request is not well formed; `errors` points to each place.", facts=("errors",)
    ),
    "request.too_large": Meaning(
        status=413, meaning="The body is larger than this installation takes.", facts=("request_body_bytes_max",)
    ),
    "log.unavailable": Meaning(
        status=503, meaning="Nothing was acknowledged; try again after `Retry-After` seconds, with the same key."
    ),
    "archive.damaged": Meaning(
        status=503, meaning="A file of archived events is missing or altered; they can be read once it is back."
    ),
    "database.unavailable": Meaning(
        status=503, meaning="The database does not answer; try again after `Retry-After` seconds, with the same key."
    ),
    ProvidersUnavailable.code: Meaning(
        status=503,
        meaning="No AI provider of the route answers; nothing was charged. Try again after `Retry-After` seconds.",
        facts=("attempts",),
    ),
    "ai.stream_broken": Meaning(
        status=502, meaning="The provider broke off; what it wrote was paid.", facts=("colophon",)
    ),
    BudgetsUnavailable.code: Meaning(
        status=503, meaning="Budgets cannot be checked, so no AI is called; try again after `Retry-After` seconds."
    ),
    **{
        _code_of(closing): Meaning(status=status, meaning=meaning, facts=("close_code",))
        for closing, (status, meaning) in _OF_CLOSING.items()
    },
    "internal": Meaning(status=500, meaning="A fault of ours; give us the `request_id`."),
}
"""Answered by delivery itself, before or instead of a decision; refusals of decisions explain themselves."""

_OF_HTTP: Final = {
    f"http.{status.name.lower()}": Meaning(
        status=status, meaning=f"{status.phrase}: {status.description or 'as HTTP has it'}."
    )
    for status in HTTPStatus
    if status >= HTTPStatus.BAD_REQUEST
}


def meaning_of(code: str) -> Meaning | None:
    """Return what a code means that delivery itself answers; None when it answers no such code."""
    return OF_DELIVERY.get(code) or _OF_HTTP.get(code)


def status_of(refusal: type[DomainError]) -> HTTPStatus:
    """Return the HTTP status of a refusal's category."""
    return next(status for category, status in _STATUS.items() if issubclass(refusal, category))


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    facts: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a problem details body; `type` leads to the code's page in our documentation."""
    request_id = request.scope["state"]["request_id"]
    path = request.url.path
    foreign = in_envelope(path, code, status, detail, facts=facts or {}, request_id=request_id, headers=headers)
    if foreign is not None:
        return foreign
    body = {
        "type": f"/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "request_id": request_id,
        **(facts or {}),
    }
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(ConnectionRefused, _ended)
    app.add_exception_handler(LogUnavailable, _unavailable)
    for away in (ProvidersUnavailable, BudgetsUnavailable):
        app.add_exception_handler(away, _ai_away)
    for error in DATABASE_AWAY:
        app.add_exception_handler(error, _database_away)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    log.info("request.refused", code=error.code)
    if isinstance(error, Forbidden):
        _note_refusal(request, error.code)
    facts = error.facts()
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}
    if error.code == "live_session.not_found":
        # The same connection leads to the same process, and another may hold the session.
        headers["Connection"] = "close"
    if (seconds := facts.get("retry_after_seconds")) is not None:
        headers["Retry-After"] = str(seconds)
    return problem(request, status_of(type(error)), error.code, str(error), facts=facts, headers=headers or None)


def _note_refusal(request: Request, reason: str) -> None:
    """Make the attempt an entry of the audit log, when it is known whose it was."""
    context: TenantContext | None = request.scope["state"].get("tenant_context")
    if context is None:
        return
    document_id = request.path_params.get("document_id")
    accesses: Accesses = request.app.state.platform.accesses
    try:
        about = (ObjectKind.DOCUMENT, UUID(str(document_id))) if document_id else (ObjectKind.TENANT, context.tenant_id)
    except ValueError:
        about = (ObjectKind.TENANT, context.tenant_id)
    accesses.refused(context, reason, *about)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LogUnavailable)
    headers = {"Retry-After": str(error.retry_after_seconds)}
    return problem(request, 503, error.code, str(error), headers=headers)


async def _ended(request: Request, error: Exception) -> JSONResponse:
    """A live session says by its close code whether to come back, whatever carries it."""
    assert isinstance(error, ConnectionRefused)
    if error.code is CloseCode.UNAUTHENTICATED:
        return await _refused(request, Unauthenticated())
    log.info("live.refused", code=int(error.code))
    code, facts = _code_of(error.code), {"close_code": int(error.code)}
    return problem(request, _OF_CLOSING[error.code][0], code, error.reason, facts=facts)


async def _ai_away(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProvidersUnavailable | BudgetsUnavailable)
    log.warning("ai.unavailable", code=error.code)
    facts = {"attempts": list(error.attempts)} if isinstance(error, ProvidersUnavailable) else None
    headers = {"Retry-After": str(error.retry_after_seconds)}
    return problem(request, 503, error.code, str(error), facts=facts, headers=headers)


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    # Without the driver's words: they name hosts, and hold the statement with its parameters.
    log.warning("database.unavailable", error=type(error).__name__)
    headers = {"Retry-After": str(DATABASE_RETRY_AFTER_SECONDS)}
    return problem(request, 503, "database.unavailable", "The database does not answer.", headers=headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        # A JSON pointer into the request, and never the value itself: it may be somebody's content.
        {"pointer": "/" + "/".join(map(str, e["loc"])), "detail": e["msg"], "kind": e["type"]}
        for e in error.errors()
    ]
    return problem(request, 422, "request.invalid", "The request is not well formed.", facts={"errors": errors})


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = "http." + HTTPStatus(error.status_code).name.lower()
    return problem(request, error.status_code, code, str(error.detail), headers=dict(error.headers or {}) or None)


async def _bug(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", error=type(error).__name__, exc_info=error)
    return problem(request, 500, "internal", "Something went wrong on our side.")
