"""What row security costs: the same appends and reads with policies and without, in turns."""

import asyncio
import time
from statistics import median

from sqlalchemy import text

from app.foundation import Foundation
from bench.event_log import appends
from bench.event_log.world import World, new_author, new_tenant
from commands.event_log import StreamWrite
from domain.document.events import DocumentRenamed
from domain.ids import TenantId
from tenancy.context import TenantContext

READERS = 4
WRITERS = 16
ROWS = 200
_PAGE = text(
    "SELECT position, name, actor_ref, occurred_at FROM log.events WHERE tenant_id = :tenant AND position > :after "
    "ORDER BY position LIMIT 50"
)


async def on_vs_off(world: World, *, rounds: int, seconds: float) -> dict[str, float]:
    """Return the ratios of writes and of reads, each the median of rounds that take turns."""
    without = await world.without_row_security()
    writes, reads = [], []
    async with world.log() as guarded, world.log(without) as open_to_all:
        places = [(base, *await _furnished(base)) for base in (guarded, open_to_all)]
        for _ in range(rounds):
            written = [await appends.measure(b, [t], callers=WRITERS, seconds=seconds) for b, t, _ in places]
            writes.append(written[0].per_second / written[1].per_second)
            read = [await _pages_per_second(base, context, seconds) for base, _, context in places]
            reads.append(read[0] / read[1])
    return {"writes": median(writes), "reads": median(reads)}


async def _furnished(base: Foundation) -> tuple[TenantId, TenantContext]:
    author = new_author(tenant_id := new_tenant())
    renamed = [DocumentRenamed(document_id=author.document_id, title=appends.TITLE)] * ROWS
    await base.log.append([StreamWrite(author.stream_id, 0, renamed)], author.command())
    return tenant_id, author.context


async def _pages_per_second(base: Foundation, context: TenantContext, seconds: float) -> float:
    """Read pages of the event feed, each in a transaction with the tenant's context."""
    end = time.perf_counter() + seconds

    async def read() -> int:
        pages = 0
        while time.perf_counter() < end:
            async with base.databases.as_app(context) as connection:
                await connection.execute(_PAGE, {"tenant": context.tenant_id, "after": pages % 100})
            pages += 1
        return pages

    started = time.perf_counter()
    pages = await asyncio.gather(*(read() for _ in range(READERS)))
    return sum(pages) / (time.perf_counter() - started)
