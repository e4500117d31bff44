"""`/collab/{document_id}` for stock y-websocket clients, `/hocuspocus` for stock Hocuspocus providers."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from api.authentication import platform_of
from api.live.closing import CloseCode, ConnectionRefused
from api.live.entrance import document_id_in, identified, rights_of, session_of
from api.live.failures import unforeseen
from api.live.hocuspocus import HocuspocusSocket
from api.live.metrics import REFUSALS
from api.live.outbox import Outbox
from api.live.y_websocket import YWebsocketClient, YWebsocketConnection
from api.middleware import who
from tenancy.context import tenant_scope

router = APIRouter()
log = structlog.get_logger()

CLOSE_SECONDS_MAX = 5.0
REASON_BYTES_MAX = 123  # RFC 6455, section 5.5


@router.websocket("/collab/{document_id}")
async def collab(socket: WebSocket, document_id: str) -> None:
    """Speak y-websocket with one client about one document."""
    await _serve(socket, lambda outbox: _edit(socket, document_id, outbox))


@router.websocket("/hocuspocus")
async def hocuspocus(socket: WebSocket) -> None:
    """Speak Hocuspocus with one client about whatever documents it names."""
    await _serve(socket, lambda outbox: HocuspocusSocket(socket, outbox, platform_of(socket).limits).run())


async def _serve(socket: WebSocket, work: Callable[[Outbox], Coroutine[None, None, None]]) -> None:
    """Close with a reason when the work cannot go on."""
    # Accepted first: a browser shows its page no close code of a refused upgrade.
    await socket.accept()
    outbox = Outbox(platform_of(socket).limits)
    try:
        await work(outbox)
    except ConnectionRefused as refusal:
        REFUSALS.labels(int(refusal.code)).inc()
        log.info("live.closed", code=int(refusal.code), **who(socket.scope))
        await closed(socket, refusal)
    except Exception as error:  # noqa: BLE001  # whatever it is, it ends with a reason
        await closed(socket, unforeseen(error, "live.failed", **who(socket.scope)))
    finally:
        # Only now: until the line has taken the close, or is known not to, it may hold a frame.
        outbox.discard()


async def _edit(socket: WebSocket, name: str, outbox: Outbox) -> None:
    document_id = document_id_in(name)
    caller = await identified(socket, document_id, socket.query_params.get("token"))
    rights = await rights_of(socket, caller, document_id)
    socket.scope["state"]["tenant_context"] = rights.context
    share = socket.app.state.backlogs.share(rights.context, outbox.close)
    with tenant_scope(rights.context):
        async with session_of(socket, document_id, rights, YWebsocketClient(outbox, share)) as session:
            await YWebsocketConnection(socket, outbox, session, platform_of(socket).limits).run()


async def closed(socket: WebSocket, refusal: ConnectionRefused) -> None:
    """Close with the reason, whatever the client does."""
    # A line that has not taken what came before takes no close either.
    close_seconds = 0.0 if refusal.code is CloseCode.TOO_SLOW else CLOSE_SECONDS_MAX
    reason = refusal.reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")
    # The client may be faster, and one that reads nothing takes no close either: the server then drops the line.
    with suppress(RuntimeError, TimeoutError, WebSocketDisconnect):
        async with asyncio.timeout(min(close_seconds, platform_of(socket).limits.send_seconds_max)):
            await socket.close(refusal.code, reason)
