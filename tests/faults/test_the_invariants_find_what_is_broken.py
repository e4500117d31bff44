"""The inspection that every fault test ends with: silent over a sound log, and it names each law that is broken."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from app.foundation import Foundation
from commands.event_log import VersionConflict
from tests.faults.invariants import CALL_LAWS, LAWS, MERKLE_LAW, READER_LAWS, Inspection
from tests.faults.world import LogWorld, new_stream, new_tenant, stream_write, tailing

TAMPERED = {
    "DELETE FROM log.events WHERE {own} AND position = 2": "positions run from 1 without gaps",
    "UPDATE log.heads SET position = position + 1 WHERE {own}": "the head is the last event",
    "UPDATE log.events SET recorded_at = recorded_at - interval '1 hour' WHERE {own} AND position = 3": (
        "time never goes backwards in a log"
    ),
    "UPDATE log.events SET stream_version = stream_version + 7 WHERE {own} AND position = 4": (
        "versions of a stream run from 1 in log order"
    ),
    "UPDATE log.events SET name = 'document.created.v1' WHERE {own} AND position = 1": (
        "a leaf is the hash of its envelope"
    ),
    "DELETE FROM log.event_payloads WHERE {own} AND position = 2": (
        "each segment has its payload, under the key that it names"
    ),
    "UPDATE log.idempotency SET position = 1000 WHERE {own}": "a key's receipt is an event of its actor",
    "UPDATE log.heads SET frontier = sha256(frontier) WHERE {own}": MERKLE_LAW,
}
TOLD_OTHERWISE: dict[str, Callable[[list[str]], list[str]]] = {
    "an acknowledged append is in the log": lambda lines: [
        line.replace(_command(lines), str(new_stream())) for line in lines[:2]
    ],
    "an append is in the log once and whole, or not at all": lambda lines: [
        lines[0].replace("\t1\t", "\t2\t"),
        *lines[1:],
    ],
    "a receipt names where its events are": lambda lines: [
        lines[0],
        lines[1].replace("\t1\t1\t", "\t1\t4\t"),
        *lines[2:],
    ],
    "what was refused is not in the log": lambda lines: [line.replace("acknowledged", "refused") for line in lines],
    "what is in the log was asked for": lambda lines: lines[1:],
}
SEEN_OTHERWISE: dict[str, Callable[[list[str]], list[str]]] = {
    "a tailing reader sees every position once, in order": lambda lines: [lines[0], lines[2], lines[1], lines[3]],
    "a tailing reader sees what the log holds": lambda lines: [
        lines[0],
        lines[1][:-37] + f"{new_stream()}\n",
        *lines[2:],
    ],
    "a tailing reader sees the whole log": lambda lines: lines[:-1],
}


UNGUARDED = (
    "SELECT format('ALTER TABLE log.%I DISABLE TRIGGER USER', relname) FROM pg_class "
    "WHERE relnamespace = 'log'::regnamespace AND relkind IN ('r', 'p') AND relname LIKE 'event%'"
)


def _command(lines: list[str]) -> str:
    return lines[0].split("\t")[1]


async def written(world: LogWorld, process: Foundation) -> None:
    """Two tenants' logs with every kind of answer in the ledger."""
    log, stream = process.log, new_stream()
    for expected in range(4):
        await world.append(log, stream, expected=expected)
    with pytest.raises(VersionConflict):
        await world.append(log, stream, expected=1)
    await world.append(log, new_stream(), events=3, tenant=new_tenant())
    await world.ledger.append(log, world.tenant, [stream_write(stream)], idempotency_key="once")


async def test_a_log_that_is_as_it_should_be_breaks_no_law(
    world: LogWorld, process: Foundation, tmp_path: Path
) -> None:
    async with tailing(world.url, [world.tenant], tmp_path / "seen.tsv"):
        await asyncio.gather(*(world.append(process.log, new_stream(), events=n % 3 + 1) for n in range(20)))
    world.require_sound(tmp_path / "seen.tsv")


async def test_each_broken_law_of_the_log_is_named(world: LogWorld, process: Foundation) -> None:
    # given
    await written(world, process)
    assert {*TAMPERED.values()} == {*LAWS, MERKLE_LAW}
    with psycopg.connect(world.url, autocommit=True) as connection:
        inspection = Inspection(connection)
        for tampering, law in TAMPERED.items():
            with connection.transaction(force_rollback=True):
                # when
                for (disabled,) in connection.execute(UNGUARDED).fetchall():
                    connection.execute(disabled.encode())
                connection.execute(tampering.format(own=f"tenant_id = '{world.tenant.tenant_id}'").encode())
                # then
                assert law in inspection.of_the_log(), tampering


async def test_each_call_that_the_log_does_not_bear_out_is_named(
    world: LogWorld, process: Foundation, tmp_path: Path
) -> None:
    # given
    before = len(world.ledger.path.read_text())
    await written(world, process)
    lines = world.ledger.path.read_text()[before:].splitlines(keepends=True)
    assert {*TOLD_OTHERWISE} == {*CALL_LAWS}
    for law, told in TOLD_OTHERWISE.items():
        # when
        (tmp_path / "told.tsv").write_text("".join(told(lines)))
        # then
        with psycopg.connect(world.url, autocommit=True) as connection:
            assert law in Inspection(connection).of_the_calls(tmp_path / "told.tsv")


async def test_each_position_that_a_reader_did_not_see_is_named(
    world: LogWorld, process: Foundation, tmp_path: Path
) -> None:
    # given
    async with tailing(world.url, [world.tenant], tmp_path / "seen.tsv"):
        for _ in range(3):
            await world.append(process.log)
    lines = (tmp_path / "seen.tsv").read_text().splitlines(keepends=True)
    assert {*SEEN_OTHERWISE} == {*READER_LAWS}
    for law, seen in SEEN_OTHERWISE.items():
        # when
        (tmp_path / "told.tsv").write_text("".join(seen(lines)))
        # then
        with psycopg.connect(world.url, autocommit=True) as connection:
            assert law in Inspection(connection).of_the_readers(tmp_path / "told.tsv")
