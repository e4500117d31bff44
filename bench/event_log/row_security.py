"""What row security costs: the same appends and reads with policies and without, in turns."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

from app.foundation import Foundation
from bench.event_log import appends, reading
from bench.event_log.world import Author, World, new_author
from commands.event_log import StreamWrite
from domain.document.events import DocumentRenamed
from projections.document_library import LibraryFilter, page

CALLERS = 16
READERS = 4
STREAM_EVENTS = 50
PAGE_DOCUMENTS = 50


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """One database, with documents in its list and a stream to load."""

    base: Foundation
    reader: Author

    async def appends_per_second(self, seconds: float) -> float:
        measured = await appends.measure(self.base, [self.reader.context.tenant_id], callers=CALLERS, seconds=seconds)
        return measured.per_second

    async def lists_per_second(self, seconds: float) -> float:
        async def one_list() -> None:
            async with self.base.databases.as_app(self.reader.context) as connection:
                listed = await page(connection, self.reader.context, LibraryFilter(), first=PAGE_DOCUMENTS)
            assert listed

        return await _per_second(one_list, seconds)

    async def loads_per_second(self, seconds: float) -> float:
        async def one_load() -> None:
            loaded = await self.base.log.load(self.reader.stream_id, self.reader.context)
            assert len(loaded) == STREAM_EVENTS

        return await _per_second(one_load, seconds)


_MEASURED = {"appends": _Place.appends_per_second, "lists": _Place.lists_per_second, "loads": _Place.loads_per_second}


async def on_vs_off(world: World, *, rounds: int, seconds: float, events: int) -> dict[str, float]:
    """Return the ratios of writing and of two ways to read, each the median of rounds that take turns."""
    with_it, without = await world.database("row_security"), await world.without_row_security()
    ratios: dict[str, list[float]] = {name: [] for name in _MEASURED}
    async with world.log(with_it) as guarded, world.log(without) as open_to_all:
        on, off = await _furnished(guarded, events), await _furnished(open_to_all, events)
        for number in range(rounds):
            # Whoever comes second finds the machine as the first one left it: each is the second in turn.
            order = (on, off) if number % 2 else (off, on)
            for name, measure in _MEASURED.items():
                per_second = {place: await measure(place, seconds) for place in order}
                ratios[name].append(per_second[on] / per_second[off])
    return {name: median(seen) for name, seen in ratios.items()}


async def _furnished(base: Foundation, events: int) -> _Place:
    tenant_id = await reading.grown_tenant(base, events)
    await reading.catch_up(base, tenant_id, events)
    reader = new_author(tenant_id)
    renamed = [DocumentRenamed(document_id=reader.document_id, title=appends.TITLE)] * STREAM_EVENTS
    await base.log.append([StreamWrite(reader.stream_id, 0, renamed)], reader.command())
    return _Place(base, reader)


async def _per_second(read: Callable[[], Awaitable[None]], seconds: float) -> float:
    started = time.perf_counter()

    async def keep_reading() -> int:
        done = 0
        while time.perf_counter() - started < seconds:
            await read()
            done += 1
        return done

    done = await asyncio.gather(*(keep_reading() for _ in range(READERS)))
    return sum(done) / (time.perf_counter() - started)
