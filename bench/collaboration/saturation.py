"""How much a server takes: the rate is raised until others wait too long or something is missing."""

import asyncio
from dataclasses import replace
from time import perf_counter

from bench.collaboration.load import Figures, Load, measure
from bench.collaboration.server import Server

FANOUT_P99_MS_MAX = 250.0
STEP = 1.25
RATE_MIN = 10.0
NARROWINGS = 2
QUIET_SHARE = 0.1
LOOK_SECONDS = 0.5


async def saturation(
    server: Server, *, documents: int, seconds: float, from_rate: float, to_rate: float, rest_seconds_max: float
) -> Figures:
    """Return the highest rate that was carried, and what was seen at it."""
    load = Load(documents=documents, clients=2, rate=1.0, seconds=seconds)

    async def at(updates_per_second: float) -> Figures:
        await quiet(server, rest_seconds_max)
        return await measure(server, replace(load, rate=updates_per_second / load.connections))

    carried: Figures = {"updates_per_second": 0.0}
    rate, refused = from_rate, 0.0
    while RATE_MIN <= rate <= to_rate and not (refused and carried["updates_per_second"]):
        figures = await at(rate)
        if _is_carried(figures):
            carried = figures
            rate *= STEP
        else:
            refused = rate
            rate /= 2
    for _ in range(NARROWINGS if refused and carried["updates_per_second"] else 0):
        figures = await at((carried["updates_per_second"] + refused) / 2)
        if _is_carried(figures):
            carried = figures
        else:
            refused = figures["updates_per_second"]
    return carried


def _is_carried(figures: Figures) -> bool:
    return not figures["missing_frames"] and figures["fanout_p99_ms"] <= FANOUT_P99_MS_MAX


async def quiet(server: Server, seconds_max: float) -> None:
    """Wait until the server has done what the last measurement left it to do, or it takes too long."""
    deadline = perf_counter() + seconds_max
    while perf_counter() < deadline:
        before, database_before = server.used(), server.used_by_database()
        await asyncio.sleep(LOOK_SECONDS)
        used = server.used().since(before) + server.used_by_database().since(database_before)
        if used < QUIET_SHARE * LOOK_SECONDS:
            return
