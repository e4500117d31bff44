"""Whoever reads the log does not see where its payloads lie: in PostgreSQL, in files, or in both."""

from app.bootstrap import Colophon
from domain.recorded import Unreadable
from tests.event_log.archiving import archived, store, titled, whole_log
from tests.support.world import Tenant


async def test_the_log_reads_the_same_before_and_after(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = await titled(colophon, acme, 30)
    before = await whole_log(colophon, acme)
    loaded = await colophon.platform.log.load(stream, acme.ana.context)
    at = await colophon.platform.log.at([before[-1].position, 1], acme.ana.context)

    moved = await archived(colophon, acme)

    there = await store(migrated_database, colophon, acme)
    assert there.rows == 0
    assert there.segments == [(1, len(before), "verified")]
    assert (moved.positions, moved.segments, len(there.files)) == (len(before), 1, 1)
    assert moved.bytes_after == there.files[0].stat().st_size
    assert await whole_log(colophon, acme) == before
    assert await colophon.platform.log.load(stream, acme.ana.context) == loaded
    assert await colophon.platform.log.at([before[-1].position, 1], acme.ana.context) == at
    assert not any(isinstance(event.event, Unreadable) for event in before)
