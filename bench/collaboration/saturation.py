"""How much a server takes: the rate is raised until others wait too long or something is missing."""

from dataclasses import replace

from bench.collaboration.load import Figures, Load, measure
from bench.collaboration.quiet import quiet
from bench.collaboration.server import Server

FANOUT_P99_MS_MAX = 250.0
STEP = 1.25
RATE_MIN = 10.0
NARROWINGS = 2


async def saturation(
    server: Server, *, documents: int, seconds: float, from_rate: float, to_rate: float, rest_seconds_max: float
) -> Figures:
    """Return the highest rate that was carried, and what was seen at it."""
    load = Load(documents=documents, clients=2, rate=1.0, seconds=seconds)

    async def at(updates_per_second: float) -> Figures:
        await quiet(server, rest_seconds_max)
        return await measure(
            server, replace(load, rate=updates_per_second / load.connections), rest_seconds_max=rest_seconds_max
        )

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
