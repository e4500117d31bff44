"""`python -m bench.gateway.soak --minutes 5`: callers for so long, and by how much the workers' memory grows."""

import argparse
import asyncio
import json
from statistics import linear_regression
from time import perf_counter
from typing import Any, Final

from app.event_loop import fast_loop
from bench.gateway.callers import called
from bench.gateway.run import everybody

CALLERS: Final = 8
LOOK_SECONDS: Final = 5.0
WARM_PART: Final = 0.2
"""What is loaded and filled in the first part of the run is no growth."""


async def soaked(minutes: float) -> dict[str, Any]:
    """Return the slope of the memory that the workers hold, with how long it was looked at."""
    seen: list[tuple[float, float]] = []
    async with everybody(peers=False) as (_, colophon, _, _):
        began, calls, refused = perf_counter(), 0, 0
        while perf_counter() - began < 60 * minutes:
            heard = await called(colophon.target, callers=CALLERS, seconds=LOOK_SECONDS)
            calls, refused = calls + len(heard.seconds), refused + sum(heard.refused.values())
            memory = sum(one.memory_info().rss for one in colophon.serving())
            seen.append((perf_counter() - began, memory / 2**20))
    warm = seen[int(len(seen) * WARM_PART) :]
    slope = linear_regression([at for at, _ in warm], [megabytes for _, megabytes in warm]).slope
    return {
        "minutes": minutes,
        "calls": calls,
        "refused": refused,
        "memory_mb_first": round(warm[0][1], 1),
        "memory_mb_last": round(warm[-1][1], 1),
        "slope_percent_per_hour": round(100 * 3600 * slope / warm[0][1], 2),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=60.0, help="how long")
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        print(json.dumps(runner.run(soaked(arguments.parse_args().minutes))))


if __name__ == "__main__":
    main()
