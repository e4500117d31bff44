"""A conversation over one WebSocket: what happens comes as JSON, questions, stops and undos go the other way."""

import asyncio
import json
from contextlib import aclosing, suppress
from typing import Any, ClassVar, Final
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.authentication import Caller, identify, platform_of, same_origin
from api.commanding import command_context
from api.conversations.following import Following, place_in
from api.conversations.still import StillAllowed
from api.live.closing import CloseCode, ConnectionRefused
from api.live.failures import unforeseen
from api.live.router import closed
from api.live.together import until_one_ends
from api.middleware import who
from api.platform import Platform
from commands.conversation.ask_assistant import AskAssistant
from commands.conversation.stop_turn import StopTurn
from commands.conversation.undo_turn import UndoTurn
from commands.event_log import LogUnavailable
from domain.conversation.decisions import NoSuchConversation
from domain.errors import DomainError, Forbidden, Invalid
from domain.ids import ConversationId
from tenancy.context import TenantContext, tenant_scope
from tenancy.credentials import CredentialKind, Unauthenticated, authenticate, context_of
from tenancy.secrets import digest

router = APIRouter()
log = structlog.get_logger()

FRAME_CHARACTERS_MAX: Final = 200_000


class FrameRefused(Invalid):
    """A frame is the JSON text of {type: ask, text}, {type: stop} or {type: undo}."""

    code: ClassVar = "conversation.frame_refused"

    def __init__(self) -> None:
        super().__init__("Send JSON text: {type: ask, text}, {type: stop} or {type: undo}.")


@router.websocket("/api/v1/conversations/{conversation_id}/live")
async def live(socket: WebSocket, conversation_id: str) -> None:
    """Serve one viewer; close with a reason when it cannot be."""
    # Accepted first: a browser shows its page no close code of a refused upgrade.
    await socket.accept()
    try:
        caller = await _identified(socket)
        socket.scope["state"]["tenant_context"] = caller.context
        with tenant_scope(caller.context):
            await _Conversation(socket, ConversationId(UUID(conversation_id)), caller).run()
    except ConnectionRefused as refusal:
        log.info("conversation.closed", code=int(refusal.code), **who(socket.scope))
        await closed(socket, refusal)
    except (DomainError, ValueError) as error:
        because = _refusal(error)
        log.info("conversation.closed", code=int(because.code), **who(socket.scope))
        await closed(socket, because)
    except Exception as error:  # noqa: BLE001  # whatever it is, it ends with a reason
        await closed(socket, unforeseen(error, "conversation.failed", **who(socket.scope)))


class _Conversation:
    """Sends and takes until the viewer leaves or its rights are gone."""

    def __init__(self, socket: WebSocket, conversation_id: ConversationId, caller: Caller) -> None:
        self._socket = socket
        self._platform: Platform = platform_of(socket)
        self._conversation_id = conversation_id
        self._still = StillAllowed(socket.app.state.renewals, caller)
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        with suppress(WebSocketDisconnect):
            await until_one_ends(self._take, self._tell)

    async def _tell(self) -> None:
        following = Following(self._platform, self._conversation_id, self._still)
        async with aclosing(await following.begin(place_in(self._socket.query_params.get("after")))) as things:
            async for thing in things:
                await self._send({"type": thing.kind, "id": str(thing.place), **thing.data})
        raise ConnectionRefused(CloseCode.NOT_FOUND, "The conversation was closed.")

    async def _take(self) -> None:
        while True:
            frame = await self._socket.receive()
            if frame["type"] == "websocket.disconnect":
                return
            wanted = _wanted(frame.get("text"))
            try:
                await self._do(wanted, await self._still())
            except (Unauthenticated, NoSuchConversation):
                raise
            except DomainError as error:
                await self._send({"type": "error", "code": error.code, "detail": str(error), **error.facts()})
            except LogUnavailable:
                await self._send({"type": "error", "code": "log.unavailable", "detail": "Nothing was recorded."})

    async def _do(self, wanted: dict[str, Any], tenant: TenantContext) -> None:
        platform = self._platform
        command: AskAssistant | StopTurn | UndoTurn
        match wanted["type"]:
            case "ask":
                command = AskAssistant(
                    conversation_id=self._conversation_id, turn_id=platform.new_id(), text=str(wanted["text"])
                )
            case "stop":
                command = StopTurn(conversation_id=self._conversation_id)
            case _:
                command = UndoTurn(conversation_id=self._conversation_id)
        await platform.executor.execute(command, command_context(platform, tenant, None))
        platform.conversations.asked()

    async def _send(self, told: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._platform.limits.send_seconds_max), self._sending:
                await self._socket.send_text(json.dumps(told, ensure_ascii=False))
        except TimeoutError:
            raise ConnectionRefused(CloseCode.TOO_SLOW, "This connection does not read.") from None


def _wanted(text: str | None) -> dict[str, Any]:
    if text is None or len(text) > FRAME_CHARACTERS_MAX:
        raise FrameRefused
    # Nested beyond reason raises RecursionError.
    with suppress(ValueError, RecursionError):
        wanted: object = json.loads(text)
        if isinstance(wanted, dict) and (wanted.get("type") in {"stop", "undo"} or _is_question(wanted)):
            return wanted
    raise FrameRefused


def _is_question(wanted: dict[str, Any]) -> bool:
    return wanted.get("type") == "ask" and isinstance(wanted.get("text"), str)


async def _identified(socket: WebSocket) -> Caller:
    """Return who connects: by API key in `?token=`, by bearer header, or by session cookie."""
    token = socket.query_params.get("token")
    if token is None:
        caller = await identify(socket)
        if caller.credential.kind is CredentialKind.SESSION and not same_origin(socket):
            raise ConnectionRefused(CloseCode.FORBIDDEN, "Only our own pages may use the session.")
        return caller
    platform = platform_of(socket)
    kinds = frozenset({CredentialKind.KEY})
    credential = await authenticate(platform.credentials, token, kinds=kinds, now=platform.now())
    context = context_of(credential, request_id=socket.scope["state"]["request_id"])
    return Caller(context, credential, digest(token))


def _refusal(error: Exception) -> ConnectionRefused:
    match error:
        case Unauthenticated():
            return ConnectionRefused(CloseCode.UNAUTHENTICATED, "A valid credential is needed.")
        case Forbidden():
            return ConnectionRefused(CloseCode.FORBIDDEN, str(error))
        case Invalid():
            return ConnectionRefused(CloseCode.MALFORMED, str(error))
        case _:
            return ConnectionRefused(CloseCode.NOT_FOUND, "There is no such conversation.")
