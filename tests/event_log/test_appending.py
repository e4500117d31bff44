"""What an append promises: gapless positions, expected versions, one receipt a key, all streams or none."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.event_log import IdempotencyKeyReused, Receipt, StreamWrite, VersionConflict
from domain.document.body import BodyKind
from domain.document.events import DocumentCreated, DocumentRenamed
from domain.ids import DocumentId, StreamId
from tests.support.world import Person, Tenant


def created(document_id: UUID, title: str = "Contract") -> DocumentCreated:
    return DocumentCreated(document_id=DocumentId(document_id), title=title, body=BodyKind.RICH)


def renamed(document_id: UUID, title: str) -> DocumentRenamed:
    return DocumentRenamed(document_id=DocumentId(document_id), title=title)


async def append(colophon: Colophon, person: Person, *writes: StreamWrite) -> Receipt:
    return await colophon.platform.log.append(list(writes), person.command())


async def test_an_appended_event_is_read_back_as_it_was(colophon: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    receipt = await append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream, "Überblick ✓")]))
    (recorded,) = await colophon.platform.log.load(stream, acme.ana.context)
    assert recorded.event == created(stream, "Überblick ✓")
    assert (recorded.position, recorded.stream_version) == (receipt.position, 1)
    assert recorded.actor == acme.ana.context.actor


async def test_positions_of_a_tenant_have_no_gaps_under_many_writers(colophon: Colophon, acme: Tenant) -> None:
    streams = [StreamId(uuid7()) for _ in range(40)]
    before = (await append(colophon, acme.ana, StreamWrite(streams[0], 0, [created(streams[0])]))).position
    receipts = await asyncio.gather(*(append(colophon, acme.ana, StreamWrite(s, 0, [created(s)])) for s in streams[1:]))
    assert sorted(r.position for r in receipts) == list(range(before + 1, before + 40))


async def test_a_stream_that_moved_on_refuses_the_older_version_and_says_where_it_is(
    colophon: Colophon, acme: Tenant
) -> None:
    stream = StreamId(uuid7())
    await append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream)]))
    with pytest.raises(VersionConflict) as refused:
        await append(colophon, acme.ana, StreamWrite(stream, 0, [renamed(stream, "Other")]))
    assert refused.value.facts() == {"current_version": 1}


async def test_a_conflict_rejects_its_own_caller_and_nobody_else(colophon: Colophon, acme: Tenant) -> None:
    stream, others = StreamId(uuid7()), [StreamId(uuid7()) for _ in range(20)]
    await append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream)]))
    results = await asyncio.gather(
        *(append(colophon, acme.ana, StreamWrite(s, 0, [created(s)])) for s in others[:10]),
        append(colophon, acme.ana, StreamWrite(stream, 7, [renamed(stream, "Never")])),
        *(append(colophon, acme.ana, StreamWrite(s, 0, [created(s)])) for s in others[10:]),
        return_exceptions=True,
    )
    assert [type(r) for r in results] == [Receipt] * 10 + [VersionConflict] + [Receipt] * 10


async def test_one_of_many_writers_with_the_same_expected_version_wins(colophon: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    results = await asyncio.gather(
        *(append(colophon, acme.ana, StreamWrite(stream, 0, [created(stream, str(n))])) for n in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(r, Receipt) for r in results) == 1
    assert len(await colophon.platform.log.load(stream, acme.ana.context)) == 1


async def test_several_streams_are_written_together_or_not_at_all(colophon: Colophon, acme: Tenant) -> None:
    first, second = StreamId(uuid7()), StreamId(uuid7())
    await append(colophon, acme.ana, StreamWrite(second, 0, [created(second)]))
    with pytest.raises(VersionConflict):
        await append(
            colophon,
            acme.ana,
            StreamWrite(first, 0, [created(first)]),
            StreamWrite(second, 0, [created(second)]),
        )
    assert await colophon.platform.log.load(first, acme.ana.context) == []


async def test_a_stream_can_be_asserted_without_being_written(colophon: Colophon, acme: Tenant) -> None:
    asserted, written = StreamId(uuid7()), StreamId(uuid7())
    await append(colophon, acme.ana, StreamWrite(asserted, 0, [created(asserted)]))
    await append(colophon, acme.ana, StreamWrite(written, 0, [created(written)]), StreamWrite(asserted, 1, []))
    with pytest.raises(VersionConflict):
        await append(colophon, acme.ana, StreamWrite(written, 1, [renamed(written, "x")]), StreamWrite(asserted, 0, []))
    assert len(await colophon.platform.log.load(asserted, acme.ana.context)) == 1


async def test_a_stream_without_expected_version_takes_everything_in_the_order_of_the_receipts(
    colophon: Colophon, acme: Tenant
) -> None:
    stream = StreamId(uuid7())
    titles = [str(n) for n in range(30)]
    receipts = await asyncio.gather(
        *(append(colophon, acme.ana, StreamWrite(stream, None, [created(stream, title)])) for title in titles)
    )
    recorded = await colophon.platform.log.load(stream, acme.ana.context)
    by_receipt = sorted(zip(receipts, titles, strict=True), key=lambda pair: pair[0].stream_version)
    assert [r.event.title for r in recorded] == [title for _, title in by_receipt]  # type: ignore[union-attr]
    assert [r.stream_version for r in recorded] == list(range(1, 31))


async def test_the_same_idempotency_key_and_command_answer_the_first_receipt(colophon: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    context = replace(acme.ana.command("key-1"), fingerprint=b"the same")
    write = StreamWrite(stream, None, [created(stream)])
    receipts = await asyncio.gather(*(colophon.platform.log.append([write], context) for _ in range(5)))
    assert len(set(receipts)) == 1
    assert len(await colophon.platform.log.load(stream, acme.ana.context)) == 1


async def test_an_idempotency_key_used_for_another_command_is_refused(colophon: Colophon, acme: Tenant) -> None:
    stream = StreamId(uuid7())
    write = StreamWrite(stream, None, [created(stream)])
    await colophon.platform.log.append([write], replace(acme.ana.command("key-2"), fingerprint=b"one"))
    with pytest.raises(IdempotencyKeyReused):
        await colophon.platform.log.append([write], replace(acme.ana.command("key-2"), fingerprint=b"other"))


async def test_two_people_may_use_the_same_idempotency_key(colophon: Colophon, acme: Tenant) -> None:
    for person in (acme.ana, acme.olga):
        stream = StreamId(uuid7())
        context = replace(person.command("key-3"), fingerprint=str(person.member_id).encode())
        receipt = await colophon.platform.log.append([StreamWrite(stream, 0, [created(stream)])], context)
        assert receipt.stream_id == stream


async def test_a_caller_that_gives_up_leaves_the_others_unharmed(colophon: Colophon, acme: Tenant) -> None:
    streams = [StreamId(uuid7()) for _ in range(10)]
    tasks = [asyncio.create_task(append(colophon, acme.ana, StreamWrite(s, 0, [created(s)]))) for s in streams]
    await asyncio.sleep(0)
    tasks[3].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(r, Receipt) for r in results) == 9
