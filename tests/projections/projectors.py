"""Projectors for tests: a real second version, one that waits, one that counts, one that the database refuses."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.document.events import DocumentCreated, DocumentRenamed
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.catalogue import DOCUMENT_LIBRARY
from projections.knowledge_marks import lexicons


def loud(recorded: Recorded[Sealed]) -> Recorded[Sealed]:
    event = recorded.event
    if isinstance(event, DocumentCreated | DocumentRenamed):
        return replace(recorded, event=replace(event, title=event.title.upper()))
    return recorded


class LoudLibrary:
    """The document library's second version: its titles are in capitals."""

    name, version = DOCUMENT_LIBRARY.name, 2
    handles = DOCUMENT_LIBRARY.handles
    tables = DOCUMENT_LIBRARY.tables

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        await DOCUMENT_LIBRARY.apply([loud(recorded) for recorded in events], transaction)


class Gated:
    """Another projector that, after so many batches, waits until somebody opens the gate."""

    def __init__(self, inner: Any, *, batches: int = 0, only: TenantId | None = None) -> None:
        self.name, self.version = inner.name, inner.version
        self.handles, self.tables = inner.handles, inner.tables
        self.gate, self.waiting = asyncio.Event(), asyncio.Event()
        self.positions: list[int] = []
        self._inner, self._batches, self._only = inner, batches, only

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        if self._batches == 0 and self._only in {None, events[0].tenant_id}:
            self.waiting.set()
            await self.gate.wait()
        self._batches = max(0, self._batches - 1)
        self.positions.extend(recorded.position for recorded in events)
        await self._inner.apply(events, transaction)


class Counting:
    """Counts events where a lost or doubled batch shows: adding is not idempotent."""

    handles = frozenset({DocumentCreated, DocumentRenamed})
    tables = (lexicons,)

    def __init__(self, name: str = "counting", version: int = 1) -> None:
        self.name, self.version = name, version

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        put = insert(lexicons).values(tenant_id=events[0].tenant_id, position=len(events))
        await transaction.execute(
            put.on_conflict_do_update(
                index_elements=["tenant_id"], set_={"position": lexicons.c.position + put.excluded.position}
            )
        )


class TakingTooLong(Counting):
    """The database ends its statement, as often as it is told to."""

    def __init__(self, name: str, times: int) -> None:
        super().__init__(name)
        self.times = times

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        await super().apply(events, transaction)
        if self.times:
            self.times -= 1
            await transaction.execute(text("SET LOCAL statement_timeout = '1ms'"))
            await transaction.execute(text("SELECT pg_sleep(10)"))
