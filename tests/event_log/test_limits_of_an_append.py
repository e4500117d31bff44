"""Too much at once is refused with the limit, before anything is written, and is nobody else's trouble."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from uuid_utils.compat import uuid7

from api.limits import Limits
from app.bootstrap import Colophon, build
from app.web import create_app
from commands.event_log import (
    APPEND_BYTES_MAX,
    APPEND_EVENTS_MAX,
    EVENT_BYTES_MAX,
    AppendTooLarge,
    EventTooLarge,
    Receipt,
    StreamWrite,
)
from domain.ids import StreamId
from infra.event_store.write_sealer import require_bytes_fit
from tests.event_log.test_appending import append, created, renamed
from tests.support.world import Tenant, installation

LIMIT_BYTES = 5_000


@pytest.fixture(scope="module")
async def narrow(migrated_database: str) -> AsyncIterator[Colophon]:
    """A process that takes small events only."""
    running = build(installation(migrated_database, limits=Limits(event_bytes_max=LIMIT_BYTES)))
    await running.start()
    yield running
    await running.stop()


async def test_one_event_too_large_leaves_its_append_unwritten_and_the_others_unharmed(
    narrow: Colophon, acme: Tenant
) -> None:
    streams = [StreamId(uuid7()) for _ in range(10)]
    before = await narrow.platform.log.head(acme.ana.context)
    large = [created(streams[4]), renamed(streams[4], "x" * LIMIT_BYTES)]
    results = await asyncio.gather(
        *(append(narrow, acme.ana, StreamWrite(s, 0, large if s == streams[4] else [created(s)])) for s in streams),
        return_exceptions=True,
    )
    assert [type(r) for r in results] == [Receipt] * 4 + [EventTooLarge] + [Receipt] * 5
    assert await narrow.platform.log.load(streams[4], acme.ana.context) == []
    assert await narrow.platform.log.head(acme.ana.context) == before + 9


async def test_an_event_as_large_as_the_limit_is_taken(narrow: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    overhead = len('{"document_id":"","title":""}') + len(str(stream))
    event = renamed(stream, "x" * (LIMIT_BYTES - overhead))
    await append(narrow, acme.ana, StreamWrite(stream, 0, [event]))
    with pytest.raises(EventTooLarge):
        await append(narrow, acme.ana, StreamWrite(stream, 1, [renamed(stream, event.title + "x")]))


async def test_over_rest_the_refusal_names_the_limit_and_nothing_is_there_afterwards(
    narrow: Colophon, acme: Tenant
) -> None:
    async with AsyncClient(transport=ASGITransport(create_app(narrow)), base_url="http://test") as client:
        body = {"title": "Long", "markdown": "word " * LIMIT_BYTES}
        refused = await client.post("/api/v1/documents", json=body, headers=acme.ana.headers)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        assert (refused.json()["code"], refused.json()["event_bytes_max"]) == ("event.too_large", LIMIT_BYTES)
        assert "word" not in refused.text
        listed = await client.get("/api/v1/documents", headers=acme.ana.headers)
        assert listed.json()["items"] == []


async def test_too_many_events_in_one_append_are_refused(colophon: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    before = await colophon.platform.log.head(acme.ana.context)
    with pytest.raises(AppendTooLarge) as refused:
        await append(colophon, acme.ana, StreamWrite(stream, 0, [renamed(stream, "A")] * (APPEND_EVENTS_MAX + 1)))
    assert refused.value.facts() == {"append_events_max": APPEND_EVENTS_MAX, "append_bytes_max": APPEND_BYTES_MAX}
    assert await colophon.platform.log.head(acme.ana.context) == before


def test_events_that_fit_alone_may_be_too_much_together() -> None:
    require_bytes_fit([EVENT_BYTES_MAX, APPEND_BYTES_MAX - EVENT_BYTES_MAX], EVENT_BYTES_MAX)
    with pytest.raises(AppendTooLarge):
        require_bytes_fit([EVENT_BYTES_MAX, APPEND_BYTES_MAX - EVENT_BYTES_MAX, 1], EVENT_BYTES_MAX)
