"""How much is measured, and how long that takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Enough for figures that repeat, or a moment to see that all of it runs."""

    peers: bool
    rounds: int
    """The gateways take turns; medians count."""
    warming_seconds: float
    single_calls: int
    """Of one caller, in each round."""
    load_seconds: float
    loads: tuple[int, ...]
    """Callers at a time."""
    failover_calls: int
    outage_calls: int
    streams: int
    crowds: int
    """How often 200 callers come at once."""
    killed: bool
    """Whether the workers are killed and a lease is waited for: more than a minute."""


FULL = Effort(
    peers=True,
    rounds=3,
    warming_seconds=3.0,
    single_calls=200,
    load_seconds=3.0,
    loads=(8, 32, 64),
    failover_calls=200,
    outage_calls=400,
    streams=8,
    crowds=3,
    killed=True,
)
QUICK = Effort(
    peers=False,
    rounds=1,
    warming_seconds=0.2,
    single_calls=5,
    load_seconds=0.3,
    loads=(2, 4),
    failover_calls=10,
    outage_calls=10,
    streams=2,
    crowds=1,
    killed=False,
)
