"""Transactions that stall, a full disk, no connection to be had: callers hear it, the writer lives on and recovers."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import mkdtemp

import psycopg
import pytest

from app.foundation import Foundation
from commands.event_log import LogUnavailable, StreamWrite
from domain.document.events import DocumentRenamed
from domain.ids import DocumentId, StreamId
from infra.event_store import writer
from infra.postgres.account import postgres_account
from tests.faults.world import (
    LogWorld,
    execute,
    held_head,
    new_stream,
    new_tenant,
    running_log,
    tailing,
    until_blocked,
    until_waiting,
)
from tests.support.waiting import until

DISK_BYTES = 4 * 2**20
PARTITION = "SELECT tableoid::regclass::text FROM log.event_payloads WHERE tenant_id = %s"
END = "SELECT {what}(pid) FROM pg_stat_activity WHERE usename = '{role}' AND datname = current_database()"
FAULT = "CREATE FUNCTION public.fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NEW; END $$"
STALL = "PERFORM pg_sleep(5)"
REFUSE = "RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'"


@asynccontextmanager
async def faulty(world: LogWorld, stream: StreamId, does: str) -> AsyncIterator[None]:
    """PostgreSQL does this when an event of the stream has been inserted and is not yet committed."""
    await execute(world.url, FAULT.format(does=does))
    trigger = "CREATE TRIGGER fault AFTER INSERT ON log.events FOR EACH ROW WHEN (NEW.stream_id = '{}') "
    await execute(world.url, trigger.format(stream) + "EXECUTE FUNCTION public.fault()")
    try:
        yield
    finally:
        await execute(world.url, "DROP FUNCTION public.fault CASCADE")


@asynccontextmanager
async def small_disk() -> AsyncIterator[Path]:
    """A file system of a few megabytes that PostgreSQL may write to."""
    folder = Path(mkdtemp(prefix="colophon-disk-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    try:
        if await run(mount) != 0:
            pytest.skip("nobody but root may mount a small disk")
        account = postgres_account()
        os.chown(folder, account.uid, account.gid)
        yield folder
        assert await run(["umount", str(folder)]) == 0
    finally:
        rmtree(folder)


async def run(command: Sequence[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


@asynccontextmanager
async def partition_on(world: LogWorld, disk: Path) -> AsyncIterator[None]:
    """The payloads of the world's tenant, which has some, lie on that disk."""
    async with await psycopg.AsyncConnection.connect(world.url, autocommit=True) as connection:
        row = await (await connection.execute(PARTITION, [world.tenant.tenant_id])).fetchone()
        assert row is not None
        await connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
        await connection.execute(f"ALTER TABLE {row[0]} SET TABLESPACE small".encode())
        yield
        await connection.execute(f"ALTER TABLE {row[0]} SET TABLESPACE pg_default".encode())
        await connection.execute("DROP TABLESPACE small")


async def until_writable(world: LogWorld, process: Foundation) -> None:
    async def writable() -> bool:
        try:
            await world.append(process.log)
        except LogUnavailable:
            return False
        return True

    await until(writable)


async def fill(world: LogWorld, process: Foundation) -> None:
    """Append until it is refused."""
    while True:
        stream = new_stream()
        renamed = DocumentRenamed(document_id=DocumentId(stream), title=token_hex(100_000))
        await world.ledger.append(process.log, world.tenant, [StreamWrite(stream, 0, [renamed])])


async def test_no_reader_skips_what_a_transaction_that_stalls_for_5_s_has_not_committed_yet(
    world: LogWorld, process: Foundation, tmp_path: Path
) -> None:
    # given
    stream, other = new_stream(), new_tenant()
    await world.append(process.log, tenant=other)
    async with (
        running_log(world.url) as stalled,
        tailing(world.url, [world.tenant, other], tmp_path / "seen.tsv"),
        faulty(world, stream, STALL),
    ):
        # when
        stalls = asyncio.create_task(world.append(stalled.log, stream))
        await until_waiting(world.url, "PgSleep")
        elsewhere = await asyncio.gather(*(world.append(process.log, tenant=other) for _ in range(5)))
        assert not stalls.done(), "others go on meanwhile"
        behind = asyncio.gather(*(world.append(process.log) for _ in range(5)))
        # then
        assert max(r.position for r in elsewhere) == 6
        assert (await stalls).position == 1
        assert sorted(r.position for r in await behind) == [2, 3, 4, 5, 6]
    world.require_sound(tmp_path / "seen.tsv")


async def test_a_statement_that_waited_too_long_wrote_nothing_and_its_callers_hear_it(
    world: LogWorld, process: Foundation
) -> None:
    # given
    await world.append(process.log)
    async with held_head(world.url, world.tenant):
        callers = asyncio.gather(*(world.append(process.log) for _ in range(3)), return_exceptions=True)
        await until_blocked(world.url)
        # when: what PostgreSQL does when statement_timeout has passed
        await execute(world.url, END.format(what="pg_cancel_backend", role="colophon_writer"))
    # then
    told = await callers
    assert any(isinstance(answer, LogUnavailable) for answer in told)
    assert (await world.append(process.log)).position == 2 + sum(not isinstance(a, LogUnavailable) for a in told)
    world.require_sound()


async def test_a_writer_whose_connection_an_operator_ends_takes_another(world: LogWorld, process: Foundation) -> None:
    # given
    await world.append(process.log)
    async with held_head(world.url, world.tenant):
        callers = asyncio.gather(*(world.append(process.log) for _ in range(3)))
        await until_blocked(world.url)
        # when
        await execute(world.url, END.format(what="pg_terminate_backend", role="colophon_writer"))
    # then
    assert sorted(r.position for r in await callers) == [2, 3, 4]
    world.require_sound()


@pytest.mark.parametrize("role", ["colophon_writer", "colophon_keyring"])
async def test_without_a_connection_callers_hear_it_and_are_served_when_there_is_one(
    world: LogWorld, process: Foundation, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    # given
    monkeypatch.setattr(writer, "RESOLVE_SECONDS_MAX", 1.0)
    await world.append(process.log)
    await execute(world.url, f"ALTER ROLE {role} CONNECTION LIMIT 0")
    try:
        await execute(world.url, END.format(what="pg_terminate_backend", role=role))
        # when: somebody for whom no keys are cached
        with pytest.raises(LogUnavailable) as refused:
            await world.append(process.log, tenant=new_tenant())
    finally:
        await execute(world.url, f"ALTER ROLE {role} CONNECTION LIMIT -1")
    # then
    assert refused.value.retry_after_seconds >= 1
    await until_writable(world, process)
    world.require_sound()


async def test_on_a_full_disk_callers_hear_it_and_the_writer_goes_on_when_there_is_space(
    world: LogWorld, process: Foundation
) -> None:
    # given
    await world.append(process.log)
    async with small_disk() as disk, partition_on(world, disk):
        # when
        with pytest.raises(LogUnavailable) as refused:
            await fill(world, process)
        # then
        assert refused.value.retry_after_seconds >= 1
        assert (await process.log.head(world.tenant)) > 1
    await until_writable(world, process)
    world.require_sound()


# disk full, out of memory, a limit, a lock, a time-out, an I/O error, and a primary that became a standby
@pytest.mark.parametrize("state", ["53100", "53200", "53400", "55P03", "57014", "58030", "25006"])
async def test_what_postgresql_cannot_do_just_now_is_unavailable_and_not_an_error_of_ours(
    world: LogWorld, process: Foundation, state: str
) -> None:
    # given
    stream = new_stream()
    async with faulty(world, stream, REFUSE.format(state=state)):
        # when
        with pytest.raises(LogUnavailable):
            await world.append(process.log, stream)
    # then
    assert (await world.append(process.log, stream)).position == 1
    world.require_sound()
