"""Durable appends through the product's log, with every guarantee on, from a number of callers at once."""

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from app.foundation import Foundation
from bench.event_log.world import Author, new_author
from commands.event_log import StreamWrite
from domain.document.events import DocumentRenamed
from domain.ids import TenantId

TITLE = "The quarterly report of the department, in the version that legal has seen, " * 3
"""With its field names the payload has about 270 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appends:
    """What one round saw; times in milliseconds from the call to the durable receipt."""

    callers: int
    tenants: int
    per_second: float
    p50_ms: float
    p99_ms: float
    batch_size: float


async def measure(base: Foundation, tenants: Sequence[TenantId], *, callers: int, seconds: float) -> Appends:
    """
    Let each caller append one event after the other to streams that are its own, asserting their versions.

    Fewer callers than tenants go from one tenant to the next.
    """
    authors = [new_author(tenants[n % len(tenants)]) for n in range(max(callers, len(tenants)))]
    # A document's first event makes its key, once in its life; what is measured is what happens every time after it.
    await asyncio.gather(*(_append(base, author, 0) for author in authors))
    gc.collect()
    batches, waited = base.writer.batches, list[float]()
    started = time.perf_counter()
    await asyncio.gather(*(_append_until(base, authors[n::callers], started + seconds, waited) for n in range(callers)))
    elapsed = time.perf_counter() - started
    waited.sort()
    return Appends(
        callers=callers,
        tenants=len(tenants),
        per_second=len(waited) / elapsed,
        p50_ms=waited[len(waited) // 2] * 1e3,
        p99_ms=waited[int(len(waited) * 0.99)] * 1e3,
        batch_size=len(waited) / (base.writer.batches - batches),
    )


async def _append_until(base: Foundation, authors: Sequence[Author], end: float, waited: list[float]) -> None:
    for version in count(1):
        for author in authors:
            if (begun := time.perf_counter()) >= end:
                return
            await _append(base, author, version)
            waited.append(time.perf_counter() - begun)


async def _append(base: Foundation, author: Author, version: int) -> None:
    event = DocumentRenamed(document_id=author.document_id, title=TITLE)
    await base.log.append([StreamWrite(author.stream_id, version, [event])], author.command())
