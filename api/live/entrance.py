"""Who comes to a document, and what they may do in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from starlette.requests import HTTPConnection

from api.authentication import Caller, identify, platform_of, same_origin
from api.live.client import Client
from api.live.closing import CloseCode, ConnectionRefused
from api.live.identity import identity_of
from api.live.places import Places
from api.live.rights import Rights
from api.live.rooms import Rooms
from api.live.session import LiveSession
from commands.execute import PermissionMissing
from domain.document.decisions import DocumentIsArchived, DocumentIsErased, NoSuchDocument
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
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

ENTERING_MAX: Final = 5
"""Who comes asks the database several times; who writes already asks it too, and must not queue behind a thousand."""


def entering(connection: HTTPConnection) -> asyncio.Semaphore:
    """Return the gate through which so many go at once."""
    gate: asyncio.Semaphore = connection.app.state.entering
    return gate


def document_id_in(raw: str) -> DocumentId:
    """Return the document's id; a name that is none is no document."""
    try:
        return DocumentId(UUID(raw))
    except ValueError:
        raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.") from None


async def identified(connection: HTTPConnection, document_id: DocumentId, token: str | None) -> Caller:
    """Return who comes: by collab token or API key; without one by bearer header, or by session cookie."""
    try:
        async with entering(connection):
            return await (_by_token(connection, document_id, token) if token is not None else _by_header(connection))
    except Unauthenticated:
        raise ConnectionRefused(CloseCode.UNAUTHENTICATED, "A valid credential is needed.") from None


async def _by_header(connection: HTTPConnection) -> Caller:
    caller = await identify(connection)
    if caller.credential.kind is CredentialKind.SESSION and not same_origin(connection):
        raise ConnectionRefused(CloseCode.FORBIDDEN, "Only our own pages may use the session.")
    return caller


async def _by_token(connection: HTTPConnection, document_id: DocumentId, token: str) -> Caller:
    platform = platform_of(connection)
    now, credentials = platform.now(), platform.credentials
    if platform.collab_tokens.is_one(token):
        secret_digest = platform.collab_tokens.read(token, document_id, now=now)
        credential = await authenticate_digest(credentials, secret_digest, kinds=BEARERS, now=now)
    else:
        secret_digest = digest(token)
        credential = await authenticate(credentials, token, kinds=frozenset({CredentialKind.KEY}), now=now)
    request_id = connection.scope["state"]["request_id"]
    return Caller(context_of(credential, request_id=request_id), credential, secret_digest)


async def rights_of(connection: HTTPConnection, caller: Caller, document_id: DocumentId) -> Rights:
    """Return what the caller may do in the document, followed from now on; raise ConnectionRefused when not read it."""
    platform = platform_of(connection)
    if Permission.DOCUMENT_READ not in caller.context.permissions:
        platform.accesses.refused(caller.context, PermissionMissing.code, ObjectKind.DOCUMENT, document_id)
        raise ConnectionRefused(CloseCode.FORBIDDEN, "This needs the permission document:read.")
    rights = Rights(
        connection.app.state.renewals, caller.secret_digest, caller.context, platform.document_rights, document_id
    )
    async with entering(connection):
        await rights.look()
    return rights


@asynccontextmanager
async def session_of(
    connection: HTTPConnection, document_id: DocumentId, rights: Rights, client: Client
) -> AsyncIterator[LiveSession]:
    """Be in the document's room. Raises ConnectionRefused; needs the scope of the rights' tenant."""
    platform = platform_of(connection)
    rooms: Rooms = connection.app.state.rooms
    places: Places = connection.app.state.places
    async with entering(connection):
        identity = await identity_of(platform, rights.context)
    try:
        async with places.taken(rights.context), rooms.joined(document_id, rights.context, client) as room:
            platform.accesses.note(rights.context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
            room.rights.add(rights.look_soon)
            try:
                yield LiveSession(room, client, rights, identity, platform)
            finally:
                room.rights.discard(rights.look_soon)
    except (NoSuchDocument, DocumentIsErased):
        raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.") from None
    except DocumentIsArchived:
        raise ConnectionRefused(CloseCode.ARCHIVED, "The document is archived.") from None
