"""`/collab/{document_id}` for stock y-websocket clients."""

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket

from api.authentication import Caller, identify, platform_of, same_origin
from api.live.closing import CloseCode, ConnectionRefused
from api.live.connection import LiveConnection
from api.live.outbox import Outbox
from api.live.rights import Rights
from api.live.rooms import Rooms
from api.middleware import who
from commands.execute import PermissionMissing
from domain.document.decisions import DocumentIsArchived, DocumentIsErased, NoSuchDocument
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from tenancy.context import tenant_scope
from tenancy.credentials import (
    BEARERS,
    CredentialKind,
    Unauthenticated,
    authenticate,
    authenticate_digest,
    context_of,
)
from tenancy.roles import Permission
from tenancy.secrets import digest

router = APIRouter()
log = structlog.get_logger()

CLOSE_SECONDS_MAX = 5.0
REASON_BYTES_MAX = 123  # RFC 6455, section 5.5


@router.websocket("/collab/{document_id}")
async def collab(socket: WebSocket, document_id: str) -> None:
    """Speak y-websocket with one client about one document; close with a reason when it cannot be."""
    # Accepted first: a browser shows its page no close code of a refused upgrade.
    await socket.accept()
    try:
        document = _document_id(document_id)
        rights = await _admitted(socket, document)
        socket.scope["state"]["tenant_context"] = rights.context
        with tenant_scope(rights.context):
            await _edit(socket, document, rights)
    except ConnectionRefused as refusal:
        log.info("live.closed", code=int(refusal.code), **who(socket.scope))
        await closed(socket, refusal)
    except Exception as error:
        log.exception("live.failed", error=type(error).__name__, **who(socket.scope))
        await closed(socket, ConnectionRefused(CloseCode.UNAVAILABLE, "Something went wrong on our side."))


async def _edit(socket: WebSocket, document_id: DocumentId, rights: Rights) -> None:
    platform = platform_of(socket)
    rooms: Rooms = socket.app.state.rooms
    outbox = Outbox(platform.limits)
    try:
        async with rooms.joined(document_id, rights.context, outbox) as room:
            platform.accesses.note(rights.context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
            await LiveConnection(socket, room, outbox, rights, platform).run()
    except (NoSuchDocument, DocumentIsErased):
        raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.") from None
    except DocumentIsArchived:
        raise ConnectionRefused(CloseCode.ARCHIVED, "The document is archived.") from None


async def _admitted(socket: WebSocket, document_id: DocumentId) -> Rights:
    """Return the rights of whoever connects."""
    try:
        caller = await _identified(socket, document_id)
    except Unauthenticated:
        raise ConnectionRefused(CloseCode.UNAUTHENTICATED, "A valid credential is needed.") from None
    platform = platform_of(socket)
    if Permission.DOCUMENT_READ not in caller.context.permissions:
        platform.accesses.refused(caller.context, PermissionMissing.code, ObjectKind.DOCUMENT, document_id)
        raise ConnectionRefused(CloseCode.FORBIDDEN, "This needs the permission document:read.")
    rights = Rights(
        socket.app.state.renewals, caller.secret_digest, caller.context, platform.document_rights, document_id
    )
    await rights.look()
    return rights


async def _identified(socket: WebSocket, document_id: DocumentId) -> Caller:
    """Return who connects: by collab token or API key in `?token=`, by bearer header, or by session cookie."""
    platform = platform_of(socket)
    token = socket.query_params.get("token")
    if token is None:
        caller = await identify(socket)
        if caller.credential.kind is CredentialKind.SESSION and not same_origin(socket):
            raise ConnectionRefused(CloseCode.FORBIDDEN, "Only our own pages may use the session.")
        return caller
    now, credentials = platform.now(), platform.credentials
    if platform.collab_tokens.is_one(token):
        secret_digest = platform.collab_tokens.read(token, document_id, now=now)
        credential = await authenticate_digest(credentials, secret_digest, kinds=BEARERS, now=now)
    else:
        secret_digest = digest(token)
        credential = await authenticate(credentials, token, kinds=frozenset({CredentialKind.KEY}), now=now)
    return Caller(context_of(credential, request_id=socket.scope["state"]["request_id"]), credential, secret_digest)


def _document_id(raw: str) -> DocumentId:
    try:
        return DocumentId(UUID(raw))
    except ValueError:
        raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.") from None


async def closed(socket: WebSocket, refusal: ConnectionRefused) -> None:
    """Close with the reason, whatever the client does."""
    reason = refusal.reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")
    # The client may be faster, and one that reads nothing takes no close either: the server then drops the line.
    with suppress(RuntimeError, TimeoutError):
        async with asyncio.timeout(min(CLOSE_SECONDS_MAX, platform_of(socket).limits.send_seconds_max)):
            await socket.close(refusal.code, reason)
