"""An open load: words are due at a fixed rate, spread over time, whether or not the server keeps up."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from bench.collaboration.clients import Client, Tape, connected
from bench.collaboration.quiet import quiet
from bench.collaboration.server import Server

TICK_SECONDS = 0.001
DRAIN_SECONDS_MAX = 5.0
LOOK_SECONDS = 0.02
READ_AFTER_SENDS = 16
"""Behind its time, the generator still reads."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """So many documents, clients of each, and updates a second of each client, for so long."""

    documents: int
    clients: int
    rate: float
    seconds: float

    @property
    def connections(self) -> int:
        return self.documents * self.clients

    @property
    def updates_per_second(self) -> float:
        return self.connections * self.rate

    @property
    def frames_per_second(self) -> float:
        """How many frames the servers send: both send an update also to whom it came from."""
        return self.updates_per_second * self.clients

    @property
    def name(self) -> str:
        return f"{self.documents} x {self.clients} x {self.rate:g}"


async def measure(server: Server, load: Load, *, rest_seconds_max: float) -> Figures:
    """Put the load on the server; return what its clients saw and what it used."""
    tape = Tape()
    async with connected(server, await server.documents(load.documents), load.clients, tape) as clients:
        # What so many new documents and connections left to be done is not what typing takes.
        await quiet(server, rest_seconds_max)
        before, database_before = server.used(), server.used_by_database()
        late = await _type(clients, load)
        await _drain(tape, load)
        updates = len(tape.due)
        return {
            "updates": updates,
            "updates_per_second": load.updates_per_second,
            **_times("ack", list(tape.acknowledged.values())),
            **_times("fanout", tape.seen),
            "unacknowledged": updates - len(tape.acknowledged),
            "missing_frames": updates * (load.clients - 1) - len(tape.seen),
            "cpu_us": 1e6 * server.used().since(before) / updates,
            "database_cpu_us": 1e6 * server.used_by_database().since(database_before) / updates,
            "sent_late_p50_ms": 1000 * median(late),
        }


async def _type(clients: list[Client], load: Load) -> list[float]:
    """Send each word as soon as it is due; return how late each went out."""
    count = max(1, round(load.updates_per_second * load.seconds))
    prepared = [(client, *client.prepared()) for _, client in zip(range(count), _in_turn(clients), strict=False)]
    late: list[float] = []
    with _without_collection():
        began = perf_counter() + 0.05
        for turn, (client, number, frame) in enumerate(prepared):
            due = began + turn / load.updates_per_second
            while (now := perf_counter()) < due:  # noqa: ASYNC110  # time itself is waited for
                # A tick, not the time that is left: this loop's timers know milliseconds, and spinning would
                # take from the servers the processor that they share with us.
                await asyncio.sleep(TICK_SECONDS)
            if turn % READ_AFTER_SENDS == 0:
                await asyncio.sleep(0)
            late.append(now - due)
            client.send(number, frame, due)
    return late


def _in_turn(clients: list[Client]) -> Iterator[Client]:
    while True:
        yield from clients


async def _drain(tape: Tape, load: Load) -> None:
    """Give what is on its way the time to arrive."""
    words, frames = len(tape.due), len(tape.due) * (load.clients - 1)
    deadline = perf_counter() + DRAIN_SECONDS_MAX
    while (len(tape.acknowledged) < words or len(tape.seen) < frames) and perf_counter() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)


@contextmanager
def _without_collection() -> Iterator[None]:
    """A pause of ours would be taken for one of theirs."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _times(what: str, seconds: list[float]) -> Figures:
    return {f"{what}_p50_ms": percentile_ms(seconds, 0.5), f"{what}_p99_ms": percentile_ms(seconds, 0.99)}


def percentile_ms(seconds: list[float], part: float) -> float:
    """Return the percentile in milliseconds; nothing that arrived is as slow as the patience was long."""
    if not seconds:
        return 1000 * DRAIN_SECONDS_MAX
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))]
