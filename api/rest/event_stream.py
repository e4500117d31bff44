"""Server-sent events: a beat while nothing happens, rights looked at again every second, an end when either goes."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from api.authentication import Caller, platform_of
from api.live.rights import Renewals
from api.rest.followers import Followers
from commands.execute import PermissionMissing
from domain.errors import DomainError
from domain.ids import DocumentId
from tenancy.context import TenantContext, tenant_scope
from tenancy.credentials import context_of
from tenancy.document_rights import Access
from tenancy.roles import Permission

BEAT_SECONDS = 10.0
_BEAT = ":\n\n"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """`id` is what a client sends back as Last-Event-ID to go on from there."""

    name: str
    data: dict[str, Any]
    id: str | None = None

    def encoded(self) -> str:
        head = f"event: {self.name}\n" if self.id is None else f"id: {self.id}\nevent: {self.name}\n"
        return f"{head}data: {json.dumps(self.data, separators=(',', ':'), ensure_ascii=False, default=str)}\n\n"


class StillAllowed:
    """Whether whoever opened a stream on a document may still read it, known for at most a second."""

    def __init__(self, request: Request, caller: Caller, document_id: DocumentId) -> None:
        self._renewals: Renewals = request.app.state.renewals
        self.followers: Followers = request.app.state.followers
        self._rights = platform_of(request).document_rights
        self._caller = caller
        self._document_id = document_id

    async def __call__(self) -> TenantContext:
        """Return what the caller may do now. Raises Unauthenticated, PermissionMissing, NoSuchDocument."""
        credential, _ = await self._renewals.renewed(self._caller.secret_digest)
        context = context_of(credential, request_id=self._caller.context.request_id)
        if Permission.DOCUMENT_READ not in context.permissions:
            raise PermissionMissing(Permission.DOCUMENT_READ)
        await self._rights.require(self._document_id, context, Access.READ)
        return context


async def event_stream(
    events: AsyncIterator[ServerEvent | None], caller: Caller, followers: Followers
) -> StreamingResponse:
    """
    Send the events; None sends a beat, by which proxies and clients know that the line is alive.

    What is refused before the first of them is an ordinary problem; what is refused later ends the stream with
    `refused` {code, message}.
    """
    followers.require_room(caller.context.tenant_id)
    first = await anext(events, None)

    async def body() -> AsyncIterator[str]:
        with tenant_scope(caller.context), followers.one_more(caller.context.tenant_id):
            yield _BEAT if first is None else first.encoded()
            try:
                async with aclosing(events):  # type: ignore[type-var]
                    async for event in events:
                        yield _BEAT if event is None else event.encoded()
            except DomainError as refusal:
                yield ServerEvent("refused", {"code": refusal.code, "message": str(refusal)}).encoded()

    return StreamingResponse(
        body(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )
