"""A process of callers that append to shared streams and write down what they were told."""

import asyncio
import random
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import msgspec

from commands.event_log import EventLog, LogUnavailable, VersionConflict
from domain.actor import Actor
from domain.ids import StreamId, TenantId
from tenancy.context import TenantContext
from tests.faults import processes
from tests.faults.ledger import Ledger
from tests.faults.processes import ready
from tests.faults.world import running_log, stream_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a process of writers does; `appends` is for all of its callers together."""

    url: str
    ledger: str
    tenants: Sequence[tuple[UUID, str]]
    """Each with its actor."""
    streams: Sequence[UUID]
    """Every tenant has streams of these names."""
    callers: int = 1
    appends: int = 1
    events: int = 1
    expecting: float = 0.5
    """Which part of the appends says where it believes the stream to be."""
    seed: int = 0

    @classmethod
    def of(
        cls, url: str, ledger: Ledger, tenants: Sequence[TenantContext], streams: Sequence[UUID], **rest: Any
    ) -> Self:
        named = [(t.tenant_id, str(t.actor)) for t in tenants]
        return cls(url=url, ledger=str(ledger.path), tenants=named, streams=streams, **rest)


@dataclass(slots=True)
class _Callers:
    """Callers of one process: they share what they know of the streams, as the users of a server do."""

    assignment: Assignment
    log: EventLog
    ledger: Ledger
    left: int
    versions: dict[tuple[UUID, UUID], int] = field(default_factory=dict)

    def finish(self) -> None:
        """Whoever has asked is answered; nobody asks any more."""
        self.left = 0

    async def call(self, number: int) -> None:
        choose = random.Random(f"{self.assignment.seed} {number}")
        while self.left > 0:
            self.left -= 1
            tenant_id, actor = choose.choice(self.assignment.tenants)
            stream = choose.choice(self.assignment.streams)
            tenant = TenantContext(
                tenant_id=TenantId(tenant_id), actor=Actor.parse(actor), permissions=frozenset(), request_id="test"
            )
            known = self.versions.get((tenant_id, stream), 0)
            expected = known if choose.random() < self.assignment.expecting else None
            write = stream_write(StreamId(stream), expected, self.assignment.events)
            try:
                receipt = await self.ledger.append(self.log, tenant, [write])
                self.versions[tenant_id, stream] = max(receipt.stream_version, known)
            except VersionConflict as conflict:
                self.versions[tenant_id, stream] = conflict.actual_version
            except LogUnavailable as unavailable:
                await asyncio.sleep(unavailable.retry_after_seconds)


async def start(assignment: Assignment) -> Process:
    """Return such a process, once its log is open."""
    return await processes.start("tests.faults.writers", assignment)


async def _work(assignment: Assignment) -> None:
    async with running_log(assignment.url) as base:
        ledger = Ledger(Path(assignment.ledger))
        callers = _Callers(assignment, base.log, ledger, assignment.appends)
        ready(callers.finish)
        await asyncio.gather(*(callers.call(number) for number in range(assignment.callers)))


if __name__ == "__main__":
    asyncio.run(_work(msgspec.json.decode(sys.argv[1], type=Assignment)))
