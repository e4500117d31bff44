"""How much is measured, and how long that takes."""

from dataclasses import dataclass
from typing import Final

DOCUMENTS: Final = (1, 20, 200)
CLIENTS: Final = (2, 10, 100)
RATES: Final = (1.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long it takes: enough for figures that repeat, or a moment to see that all of it runs."""

    documents: tuple[int, ...]
    clients: tuple[int, ...]
    goals: tuple[tuple[int, int], ...]
    """Documents of two clients who type five words a second each; updates a second in all."""
    rounds: int
    seconds: float
    goal_seconds: float
    frames_per_second_max: int
    """What the generator reads with room to spare beside a server on two processors."""
    connections_max: int
    saturation_from: int
    saturation_to: int
    saturated_documents: int
    idle_documents: int
    idle_connections: int
    joining: int
    joined_bytes: int
    made_edits: int
    trace_documents: int
    trace_updates: int
    canary_words: int
    kills: int
    typing_seconds_max: float
    """Before a kill."""
    rest_seconds_max: float
    store_seconds: float
    settle_seconds: float


FULL = Effort(
    documents=DOCUMENTS,
    clients=CLIENTS,
    goals=((100, 1_000), (400, 4_000)),
    rounds=3,
    seconds=2.0,
    goal_seconds=4.0,
    frames_per_second_max=25_000,
    connections_max=2_500,
    saturation_from=2_000,
    saturation_to=30_000,
    saturated_documents=400,
    idle_documents=100,
    idle_connections=1_000,
    joining=100,
    joined_bytes=2**20,
    made_edits=20_000,
    trace_documents=5,
    trace_updates=400,
    canary_words=50,
    kills=3,
    typing_seconds_max=4.0,
    rest_seconds_max=30.0,
    store_seconds=5.0,
    settle_seconds=1.0,
)
QUICK = Effort(
    documents=(1, 2),
    clients=(2, 3),
    goals=((2, 20), (4, 40)),
    rounds=1,
    seconds=0.1,
    goal_seconds=0.1,
    frames_per_second_max=40,
    connections_max=10,
    saturation_from=20,
    saturation_to=40,
    saturated_documents=2,
    idle_documents=2,
    idle_connections=4,
    joining=3,
    joined_bytes=1_000,
    made_edits=500,
    trace_documents=1,
    trace_updates=20,
    canary_words=2,
    kills=1,
    typing_seconds_max=0.5,
    rest_seconds_max=0.0,
    store_seconds=0.0,
    settle_seconds=0.05,
)
