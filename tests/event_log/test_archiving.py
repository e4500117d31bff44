"""Moving payloads into files: nothing is lost whatever dies, nothing is left for ever, and nobody works twice."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app.bootstrap import Colophon
from infra import clock
from infra.blobs import FolderBlobs
from infra.event_store.archive_files import Abandoned, Range, SegmentFiles
from infra.event_store.archive_format import unpacked
from infra.event_store.archiver import Archiver
from infra.postgres.engines import tenant_transaction
from tests.architecture.source_files import ROOT
from tests.event_log.archiving import Store, archived, files_of, keys_of, store, titled, whole_log
from tests.event_log.dying_archiver import REWRITING_STEPS, STEPS
from tests.support.waiting import until
from tests.support.world import Tenant, open_tenant


async def died(colophon: Colophon, url: str, each: Sequence[tuple[Tenant, str, Sequence[UUID]]]) -> list[int]:
    """How archivers of these tenants ended that were to die at these steps; with key ids they rewrite."""
    folder = colophon._foundation.installation.data_dir / "blobs"
    words = [word for tenant, step, keys in each for word in (str(tenant.tenant_id), step, ",".join(map(str, keys)))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.event_log.dying_archiver", url, str(folder), *words,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    return [int(line.split()[1]) for line in said.splitlines() if line.startswith(b"ended ")]


async def test_an_archiver_that_is_killed_at_any_step_loses_nothing_and_leaves_nothing(
    alone: Colophon, own_database: str
) -> None:
    # given
    tenants = {step: await open_tenant(alone) for step in STEPS}
    before = {step: await whole_log(alone, tenant) for step, tenant in tenants.items()}
    await alone.evidence.sealer.seal()

    # when
    ends = await died(alone, own_database, [(tenant, step, ()) for step, tenant in tenants.items()])

    # then
    assert ends == [-signal.SIGKILL] * len(STEPS)
    for step, tenant in tenants.items():
        there = await store(own_database, alone, tenant)
        assert [state for *_, state in there.segments] == (
            ["verified"] if step == "after it was committed" else ["planned"]
        ), step
        assert await whole_log(alone, tenant) == before[step], step
        assert (there.rows == 0) == (step == "after it was committed"), "half is never deleted"
    await alone.archive.archive_all()
    left = {step: len(files_of(alone, tenant)) for step, tenant in tenants.items()}
    assert left == {step: int(step == "after it was committed") for step in STEPS}, "swept also where nothing is due"
    await _all_is_in_one_file_each(alone, own_database, tenants)
    assert {step: await whole_log(alone, tenant) for step, tenant in tenants.items()} == before


async def _all_is_in_one_file_each(colophon: Colophon, url: str, tenants: Mapping[str, Tenant]) -> None:
    for step, tenant in tenants.items():
        # PostgreSQL lets go of a lock when it notices that its holder is dead.
        there = await until(partial(_archived_store, colophon, url, tenant), lambda seen: seen.rows == 0)
        assert len(there.files) == 1, f"{step}: an orphan, or a loss"
        assert sorted(state for *_, state in there.segments) in (["abandoned", "verified"], ["verified"]), step


async def _archived_store(colophon: Colophon, url: str, tenant: Tenant) -> Store:
    await archived(colophon, tenant)
    return await store(url, colophon, tenant)


async def test_a_rewriter_that_is_killed_at_any_step_leaves_the_old_file_or_the_new_one(
    alone: Colophon, own_database: str
) -> None:
    # given
    tenants = {step: await open_tenant(alone) for step in REWRITING_STEPS}
    keys: dict[str, list[UUID]] = {}
    for step, tenant in tenants.items():
        stream = await titled(alone, tenant, 4)
        await archived(alone, tenant)
        keys[step] = await keys_of(own_database, tenant, stream)
    before = {step: await whole_log(alone, tenant) for step, tenant in tenants.items()}

    # when
    ends = await died(alone, own_database, [(t, step, keys[step]) for step, t in tenants.items()])

    # then the archive reads, with or without what is to be forgotten
    assert ends == [-signal.SIGKILL] * len(REWRITING_STEPS)
    for step, tenant in tenants.items():
        assert len(await whole_log(alone, tenant)) == len(before[step])
        await alone.archive.archiver.forget(tenant.operator.tenant, keys[step])
        (file,) = files_of(alone, tenant)
        positions = {event.position for event in before[step][-4:]}
        assert not positions & {payload.position for payload in unpacked(file.read_bytes())}, step


async def test_two_archivers_at_once_do_the_work_of_one(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    await titled(colophon, acme, 40)
    before = await whole_log(colophon, acme)
    await colophon.evidence.sealer.seal()
    base = colophon._foundation
    archivers = [Archiver(base.databases, base.blobs, positions_per_segment=10) for _ in range(2)]
    moved = await asyncio.gather(
        *(a.archive(acme.operator.tenant, before=clock.now(), whole_segments_only=False) for a in archivers)
    )
    there = await store(migrated_database, colophon, acme)
    verified = [(first, last) for first, last, state in there.segments if state == "verified"]
    assert sum(m.positions for m in moved) == len(before)
    assert [first for first, _ in verified] == [1, *(last + 1 for _, last in verified[:-1])], "side by side"
    assert verified[-1][1] == len(before)
    assert (there.rows, len(there.files)) == (0, len(verified))
    assert await whole_log(colophon, acme) == before


async def test_whoever_has_lost_the_lock_and_writes_on_is_refused_by_the_database(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    base, context = colophon._foundation, acme.operator.tenant
    before = await whole_log(colophon, acme)
    await archived(colophon, acme)
    (file,) = files_of(colophon, acme)
    late = SegmentFiles(base.databases, base.blobs)
    with pytest.raises(Abandoned):
        await late.put(context, Range(1, len(before)), unpacked(file.read_bytes()))
    assert len(files_of(colophon, acme)) == 2
    await late.sweep(context)
    assert files_of(colophon, acme) == [file]
    there = await store(migrated_database, colophon, acme)
    assert [state for *_, state in there.segments] == ["verified", "abandoned"]
    assert await whole_log(colophon, acme) == before


class SweptBlobs(FolderBlobs):
    """Another archiver clears away what nobody reads, right after a file was read back."""

    def __init__(self, colophon: Colophon, tenant: Tenant) -> None:
        base = colophon._foundation
        super().__init__(base.installation.data_dir / "blobs")
        self._other, self._context = SegmentFiles(base.databases, base.blobs), tenant.operator.tenant

    async def read(self, path: str) -> AsyncIterator[bytes]:
        async for piece in super().read(path):
            yield piece
        await self._other.sweep(self._context)


async def test_a_file_that_was_cleared_away_is_never_what_payloads_are_deleted_for(
    colophon: Colophon, acme: Tenant
) -> None:
    await titled(colophon, acme, 4)
    before = await whole_log(colophon, acme)
    await colophon.evidence.sealer.seal()
    late = Archiver(colophon._foundation.databases, SweptBlobs(colophon, acme))
    moved = await late.archive(acme.operator.tenant, before=clock.now(), whole_segments_only=False)
    assert (moved.segments, files_of(colophon, acme)) == (0, [])
    assert await whole_log(colophon, acme) == before


class ErasingBlobs(FolderBlobs):
    """Erases one payload while the file with it is being put."""

    def __init__(self, colophon: Colophon, tenant: Tenant, position: int) -> None:
        super().__init__(colophon._foundation.installation.data_dir / "blobs")
        self._databases = colophon._foundation.databases
        self._tenant = tenant
        self._position = position

    async def put(self, path: str, file: Path) -> None:
        await super().put(path, file)
        context = self._tenant.operator.tenant
        async with tenant_transaction(self._databases.eraser, self._databases.signer, context) as connection:
            await connection.execute(
                text("DELETE FROM log.event_payloads WHERE tenant_id = :tenant AND position = :position"),
                {"tenant": context.tenant_id, "position": self._position},
            )


async def test_what_is_erased_while_it_is_archived_gets_into_no_file_that_counts(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    await titled(colophon, acme, 4)
    position = (await whole_log(colophon, acme))[-1].position
    await colophon.evidence.sealer.seal()
    interrupted = Archiver(colophon._foundation.databases, ErasingBlobs(colophon, acme, position))
    moved = await interrupted.archive(acme.operator.tenant, before=clock.now(), whole_segments_only=False)
    there = await store(migrated_database, colophon, acme)
    assert (moved.segments, there.files) == (0, [])
    assert there.rows > 0

    await archived(colophon, acme)
    (file,) = files_of(colophon, acme)
    held = {payload.position for payload in unpacked(file.read_bytes())}
    assert position not in held
    assert position - 1 in held


async def test_only_what_is_signed_and_old_enough_is_moved_and_by_itself_only_whole_segments(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    await titled(colophon, acme, 4)
    whole = await store(migrated_database, colophon, acme)
    assert await colophon.archive.archive(acme.tenant_id) is None, "off unless somebody sets archive.after_days"
    await colophon.evidence.sealer.seal()
    for before, whole_only in ((clock.now() - timedelta(days=1), False), (clock.now(), True)):
        moved = await colophon.archive.archiver.archive(
            acme.operator.tenant, before=before, whole_segments_only=whole_only
        )
        assert moved.segments == 0
    assert await store(migrated_database, colophon, acme) == whole
