"""What a gateway adds to a call, and how many calls it takes."""

from collections.abc import Mapping
from typing import Any

from bench.gateway.callers import called
from bench.gateway.effort import Effort
from bench.gateway.servers import Gateway, Provider

Figures = dict[str, Any]


async def single(gateway: Gateway, effort: Effort) -> Figures:
    """Return how long one caller waits for its answers."""
    heard = await called(gateway.target, callers=1, seconds=60, calls_max=effort.single_calls)
    return {"p50_ms": heard.percentile_ms(0.5), "p95_ms": heard.percentile_ms(0.95), "refused": _count(heard.refused)}


async def load(gateway: Gateway, provider: Provider, effort: Effort, callers: int) -> Figures:
    """Return how many calls were answered while so many callers asked, and what processors were used for each."""
    before = {**gateway.cpu_seconds(), **provider.cpu_seconds()}
    heard = await called(gateway.target, callers=callers, seconds=effort.load_seconds)
    after = {**gateway.cpu_seconds(), **provider.cpu_seconds()}
    calls = max(1, len(heard.seconds))
    return {
        "requests_per_second": heard.requests_per_second,
        "p50_ms": heard.percentile_ms(0.5),
        "p95_ms": heard.percentile_ms(0.95),
        "refused": _count(heard.refused),
        "cpu_us": {name: 1e6 * (after[name] - before[name]) / calls for name in after},
    }


def _count(refused: Mapping[str, int]) -> int:
    return sum(refused.values())
