"""How many rooms a process keeps open, which of them it closes, and that nothing is left of a closed one."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from api.limits import Limits
from api.live.backlogs import Backlogs
from api.live.closing import CloseCode, ConnectionRefused
from api.live.outbox import Outbox
from api.live.room import Room
from api.live.y_websocket import YWebsocketClient
from app.bootstrap import Colophon, build
from commands.document.create_document import CreateDocument
from commands.document.edit_document import EditDocument
from domain.document.body import BodyKind, ContentFormat
from domain.document.decisions import NoSuchDocument
from domain.document.operations import AppendText
from domain.ids import DocumentId
from tests.live.test_editing_together import a_plain_document
from tests.support.waiting import until
from tests.support.world import Tenant, installation

DOCUMENTS = 12
OPEN_MAX = 4


@asynccontextmanager
async def a_process(database: str, limits: Limits) -> AsyncIterator[Colophon]:
    process = build(installation(database, limits=limits))
    await process.start(work=False)
    try:
        yield process
    finally:
        await process.stop()


@asynccontextmanager
async def joined(process: Colophon, tenant: Tenant, document_id: DocumentId) -> AsyncIterator[Room]:
    outbox = Outbox(process.platform.limits)
    share = Backlogs(process.platform.limits).share(tenant.ana.context, outbox.close)
    client = YWebsocketClient(outbox, share)
    async with process.rooms.joined(document_id, tenant.ana.context, client) as room:
        yield room


async def opened_and_left(process: Colophon, tenant: Tenant, document_id: DocumentId) -> "weakref.ref[Room]":
    async with joined(process, tenant, document_id) as room:
        return weakref.ref(room)


async def test_nothing_is_left_of_rooms_that_everybody_left(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    documents = [await a_plain_document(colophon, acme, "Agenda") for _ in range(DOCUMENTS)]
    some = asyncio.Semaphore(OPEN_MAX)

    async def come_and_go(process: Colophon, number: int) -> "weakref.ref[Room]":
        async with some:
            return await opened_and_left(process, acme, documents[number % DOCUMENTS])

    async with a_process(migrated_database, Limits(open_rooms_max=OPEN_MAX, idle_room_seconds=0.0)) as process:
        before = REGISTRY.get_sample_value("colophon_live_rooms") or 0.0
        rooms = await asyncio.gather(*(come_and_go(process, number) for number in range(300)))
        assert len({id(room) for room in rooms}) > DOCUMENTS

        async def left() -> int:
            gc.collect()
            return sum(room() is not None for room in rooms)

        assert await until(left, lambda count: count == 0) == 0
        # Rooms of other tests may have been closed meanwhile, and none was opened.
        assert (REGISTRY.get_sample_value("colophon_live_rooms") or 0.0) <= before


async def test_the_idle_room_that_was_used_least_recently_gives_way(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    first, second, third = [await a_plain_document(colophon, acme) for _ in range(3)]
    async with a_process(migrated_database, Limits(open_rooms_max=2)) as process:
        await opened_and_left(process, acme, first)
        async with joined(process, acme, second) as room_of_second:
            pass
        gone = await opened_and_left(process, acme, first)
        # when
        still_there = weakref.ref(room_of_second)
        del room_of_second
        await opened_and_left(process, acme, third)
        # then

        async def alive() -> tuple[bool, bool]:
            gc.collect()
            return gone() is not None, still_there() is not None

        assert await until(alive, lambda which: which == (True, False))


async def test_a_document_is_refused_for_now_when_all_rooms_are_in_use(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    first, second = [await a_plain_document(colophon, acme) for _ in range(2)]
    async with a_process(migrated_database, Limits(open_rooms_max=1)) as process:
        async with joined(process, acme, first):
            with pytest.raises(ConnectionRefused) as refused:
                await opened_and_left(process, acme, second)
            assert refused.value.code is CloseCode.UNAVAILABLE
            async with joined(process, acme, first) as room:
                assert room.document_id == first
        # when
        async with joined(process, acme, second) as room:
            # then
            assert room.document_id == second


async def test_who_comes_after_a_room_that_nobody_waited_for_could_not_open_is_let_in(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    document_id = DocumentId(uuid7())
    async with a_process(migrated_database, Limits()) as process:
        first = asyncio.create_task(opened_and_left(process, acme, document_id))
        while not process.rooms._rooms:  # noqa: ASYNC110  # nothing tells that a task has begun
            await asyncio.sleep(0)
        opening = process.rooms._rooms[acme.tenant_id, document_id]
        first.cancel()
        with pytest.raises(NoSuchDocument):
            await opening
        # when
        command = CreateDocument(document_id=document_id, title="Notes", body=BodyKind.PLAIN, text="here")
        await colophon.platform.executor.execute(command, acme.ana.command())
        # then
        async with joined(process, acme, document_id) as room:
            assert room.document_id == document_id


async def test_a_refusal_that_ends_many_connections_holds_on_to_none() -> None:
    refusal = ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting.")
    for _ in range(3):
        outbox = Outbox(Limits())
        outbox.close(refusal)
        with pytest.raises(ConnectionRefused) as refused:
            await outbox.next()
        assert (refused.value.code, refused.value.reason) == (refusal.code, refusal.reason)
    assert refusal.__traceback__ is None


async def test_large_documents_give_way_although_they_are_few(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    first, second = [await a_plain_document(colophon, acme, "x" * 60_000) for _ in range(2)]
    async with a_process(migrated_database, Limits(open_rooms_bytes_max=100_000)) as process:
        async with joined(process, acme, first):
            with pytest.raises(ConnectionRefused) as refused:
                await opened_and_left(process, acme, second)
            assert refused.value.code is CloseCode.UNAVAILABLE
        async with joined(process, acme, second) as room:
            assert room.state_bytes > 60_000


async def test_a_room_is_closed_by_nobody_while_somebody_waits_for_it(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    documents = [await a_plain_document(colophon, acme) for _ in range(6)]
    async with a_process(migrated_database, Limits(open_rooms_max=6, idle_room_seconds=0.0)) as process:
        for _ in range(5):
            async with AsyncExitStack() as stack:
                together = [stack.enter_async_context(joined(process, acme, one)) for one in documents * 3]
                rooms = await asyncio.gather(*together)
                assert all(room.body.diff(b"\0") for room in rooms)
                assert len({id(room) for room in rooms}) == len(documents)


async def test_whoever_comes_with_nothing_gets_the_same_bytes_until_somebody_writes(
    colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "Agenda")
    async with joined(colophon, acme, document_id) as room:
        whole = room.body.diff(b"\0")
        assert room.body.diff(b"\0") is whole
        # when
        command = EditDocument(document_id=document_id, operations=(AppendText(text=", hiring"),))
        await colophon.platform.executor.execute(command, acme.ana.command())

        async def now() -> bytes:
            return room.body.diff(b"\0")

        later = await until(now, lambda state: state != whole)
        # then
        assert colophon.platform.bodies.render(BodyKind.PLAIN, later, ContentFormat.TEXT) == "Agenda, hiring"
