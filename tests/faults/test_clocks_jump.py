"""Clocks that jump: time in a log never goes backwards, and a process with a wrong clock is told so."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient

from app.foundation import Foundation
from commands.event_log import LogUnavailable
from infra import clock
from tests.faults.world import LogWorld, execute, new_stream

FIVE_MINUTES = timedelta(minutes=5)


def shift(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> Callable[[], datetime]:
    """The process's clock is wrong from here on; returns the right one."""
    right = clock.now
    monkeypatch.setattr(clock, "now", lambda: right() + by)
    return right


async def test_time_in_a_log_stands_still_while_the_databases_clock_is_behind_it(
    world: LogWorld, process: Foundation
) -> None:
    # given: the last append was made by a clock that was an hour ahead, and has been set right since
    stream = new_stream()
    await world.append(process.log, stream)
    ahead = clock.now() + timedelta(hours=1)
    await execute(
        world.url, "UPDATE log.heads SET recorded_at = %s WHERE tenant_id = %s", [ahead, world.tenant.tenant_id]
    )
    # when
    for _ in range(3):
        await world.append(process.log, stream)
    # then
    _, *later = [recorded.recorded_at for recorded in await process.log.load(stream, world.tenant)]
    assert later == [ahead] * 3
    world.require_sound()


READS: dict[str, Callable[[Foundation, LogWorld], Awaitable[object]]] = {
    "append": lambda process, world: world.append(process.log),
    "load": lambda process, world: process.log.load(new_stream(), world.tenant),
    "head": lambda process, world: process.log.head(world.tenant),
    "versions": lambda process, world: process.log.versions_of([new_stream()], world.tenant),
}


@pytest.mark.parametrize("ask", READS.values(), ids=READS.keys())
async def test_a_process_whose_clock_is_behind_hears_that_its_signature_is_not_accepted(
    world: LogWorld,
    process: Foundation,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Foundation, LogWorld], Awaitable[object]],
) -> None:
    # given: nobody holds a context that was signed before
    with monkeypatch.context() as patched:
        shift(patched, -FIVE_MINUTES)
        # when
        with pytest.raises(LogUnavailable, match="clocks of the two differ"):
            await ask(process, world)
    world.require_sound()


async def test_a_process_whose_clock_is_ahead_writes_on_and_the_database_says_when(
    world: LogWorld, process: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    stream = new_stream()
    right = shift(monkeypatch, FIVE_MINUTES)
    # when
    await world.append(process.log, stream)
    # then
    (recorded,) = await process.log.load(stream, world.tenant)
    assert recorded.occurred_at - recorded.recorded_at > FIVE_MINUTES / 2
    assert recorded.recorded_at <= right()
    world.require_sound()


@pytest.mark.parametrize(("by", "told"), [(-FIVE_MINUTES, "300 s behind"), (FIVE_MINUTES, "300 s ahead of")])
async def test_readiness_names_a_clock_that_is_wrong(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch, by: timedelta, told: str
) -> None:
    shift(monkeypatch, by)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failures"]["clock"].startswith(told)
