"""Server-sent events: a beat while nothing happens, rights looked at again, and an end when the client goes."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi.responses import StreamingResponse

from api.authentication import Caller
from api.platform import Platform
from tenancy.context import tenant_scope
from tenancy.credentials import BEARERS, Unauthenticated, authenticate_digest

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


def event_stream(events: AsyncIterator[ServerEvent | None], caller: Caller) -> StreamingResponse:
    """Send the events; None sends a beat, by which proxies and clients know that the line is alive."""

    async def body() -> AsyncIterator[str]:
        with tenant_scope(caller.context):
            async for event in events:
                yield _BEAT if event is None else event.encoded()

    return StreamingResponse(
        body(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )


async def still_valid(platform: Platform, caller: Caller) -> bool:
    """Tell whether the credential that opened the stream would open it now."""
    try:
        await authenticate_digest(platform.credentials, caller.secret_digest, kinds=BEARERS, now=platform.now())
    except Unauthenticated:
        return False
    return True


async def wait_for(changed: asyncio.Event, seconds_max: float) -> bool:
    """Wait for the event and clear it; False after the time."""
    try:
        await asyncio.wait_for(changed.wait(), seconds_max)
    except TimeoutError:
        return False
    changed.clear()
    return True
