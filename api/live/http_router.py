"""`/api/v1/documents/{id}/live`: a live session where WebSockets do not get through."""

import asyncio
import base64
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.authentication import CREDENTIALS_DESCRIBED, SESSION_COOKIE, bearer_of, require_csrf_token
from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from api.live.entrance import document_id_in, identified, rights_of
from api.live.http_listening import FrameStream
from api.live.http_session import HttpSession
from api.live.http_sessions import HttpSessions, LiveSessionReadOnly, NoSuchLiveSession
from api.live.shelf import Numbered
from api.rest.models import Wire
from api.rest.reading import POSITION_MAX
from domain.yjs.protocol import MalformedMessage
from domain.yjs.reader import Malformed, Reader
from tenancy.secrets import digest

WAIT_SECONDS_MAX = 25.0
SESSION_PATH = "/{document_id}/live/{session}"
MESSAGES_PATH = f"{SESSION_PATH}/messages"

router = APIRouter(prefix="/api/v1/documents", tags=["live"], dependencies=CREDENTIALS_DESCRIBED)

_BINARY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_EITHER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "What came meanwhile."}
}


class FrameModel(Wire):
    """One y-protocols message, in base64; `number` is its place among all that the session was sent."""

    number: int
    data: str


class Batch(Wire):
    """Ask for what comes after the last number; that also says that you have the ones up to it."""

    messages: list[FrameModel]


class Opened(Batch):
    """`session` goes into the addresses of what follows, together with the same credential."""

    session: str


class MessagesTaken(Wire):
    """`waiting` edits of the session are not durable yet, because an earlier one is missing: answer the question."""

    waiting: int


@router.post("/{document_id}/live", status_code=201)
async def open_live_session(request: Request, document_id: str) -> Opened:
    """
    Open a live session over plain HTTP; the first messages ask for what you have.

    Credentials are those of other requests, or a collab token as the bearer. Prefer WebSockets wherever they work.
    """
    wanted, token = document_id_in(document_id), bearer_of(request)
    caller = await identified(request, wanted, token)
    rights = await rights_of(request, caller, wanted)
    request.scope["state"]["tenant_context"] = rights.context
    presented = digest(token or request.cookies.get(SESSION_COOKIE, ""))
    session = await _sessions(request).open(request, wanted, rights, presented)
    return Opened(session=session.id, messages=_models(await session.shelf.after(0)))


async def _session(request: Request, document_id: str, session: str) -> HttpSession:
    """Return the session of this credential; rights are followed by the session itself."""
    wanted, token = document_id_in(document_id), bearer_of(request)
    secret = token or request.cookies.get(SESSION_COOKIE, "")
    found = _sessions(request).find(session, wanted, digest(secret))
    if found is None:
        await identified(request, wanted, token)
        raise NoSuchLiveSession
    if token is None and request.method != "GET":
        require_csrf_token(request, secret)
    request.scope["state"]["tenant_context"] = found.context
    return found


SessionOfCaller = Annotated[HttpSession, Depends(_session)]


@router.post(MESSAGES_PATH, openapi_extra=_BINARY, responses={202: {"model": MessagesTaken}})
async def send_live_messages(request: Request, session: SessionOfCaller, response: Response) -> MessagesTaken:
    """
    Send y-protocols messages, each with its length before it as a lib0 varUint; one request after the other.

    200: every edit that this session has sent is durable. 202: some wait for an edit that is missing. 403 with
    `live_session.read_only`: edits were not taken.
    """
    body = await request.body()
    try:
        frames = _frames(body, session.limits)
    except ConnectionRefused as refusal:
        session.close(refusal)
        raise
    taken = await session.send(frames)
    if taken.refused:
        raise LiveSessionReadOnly(taken.refused)
    if taken.waiting:
        response.status_code = 202
    return MessagesTaken(waiting=taken.waiting)


@router.get(MESSAGES_PATH, response_model=Batch, responses=_EITHER)
async def listen_to_live_session(
    request: Request,
    session: SessionOfCaller,
    after: Annotated[int, Query(ge=0, le=POSITION_MAX, description="The number of the last message you have.")] = 0,
    wait: Annotated[
        float, Query(ge=0, le=WAIT_SECONDS_MAX, description="For how many seconds to wait for a message.")
    ] = WAIT_SECONDS_MAX,
) -> Response:
    """
    Listen. With `Accept: text/event-stream` a stream; otherwise one batch, for networks that hold streams back.

    A stream ends from time to time: ask again with the last number.
    """
    session.shelf.forget(after)
    if "text/event-stream" in request.headers.get("accept", ""):
        return FrameStream(session, after)
    frames: list[Numbered] = []
    with session.listening(), suppress(TimeoutError):
        async with asyncio.timeout(wait):
            frames = await session.shelf.after(after)
    return JSONResponse({"messages": [model.model_dump() for model in _models(frames)]})


@router.delete(SESSION_PATH, status_code=204)
async def close_live_session(session: SessionOfCaller) -> None:
    """Leave: others see it at once."""
    session.close(ConnectionRefused(CloseCode.RESET, "The client has left."))


def _sessions(request: Request) -> HttpSessions:
    sessions: HttpSessions = request.app.state.http_sessions
    return sessions


def _models(frames: list[Numbered]) -> list[FrameModel]:
    return [FrameModel(number=n.number, data=base64.b64encode(n.frame).decode()) for n in frames]


def _frames(body: bytes, limits: Limits) -> list[bytes]:
    if len(body) > limits.receive_queue_bytes_max:
        raise ConnectionRefused(CloseCode.TOO_LARGE, "The request is too large.")
    reader = Reader(body, MalformedMessage)
    frames: list[bytes] = []
    try:
        while reader.remaining:
            # Before it is cut: an empty message takes one byte.
            if len(frames) >= limits.receive_queue_frames_max:
                raise ConnectionRefused(CloseCode.TOO_LARGE, "The request has too many messages.")
            frames.append(reader.byte_array())
    except Malformed as error:
        raise ConnectionRefused(CloseCode.MALFORMED, str(error)) from None
    if any(len(frame) > limits.frame_bytes_max for frame in frames):
        raise ConnectionRefused(CloseCode.TOO_LARGE, "The message is too large.")
    return frames
