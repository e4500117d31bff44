"""A process that follows some logs as they grow and writes down what it sees."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from tests.faults import processes
from tests.faults.processes import ready
from tests.faults.world import tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Whose logs are followed, and where what was seen is written down."""

    url: str
    tenants: Sequence[UUID]
    seen: str
    name: str


async def start(following: Following) -> Process:
    """Return such a process; told to end, it reads to the end first."""
    return await processes.start("tests.faults.readers", following)


async def _work(following: Following) -> None:
    wanted = asyncio.Event()
    wanted.set()
    ready(wanted.clear)
    await tail(following.url, following.tenants, Path(following.seen), following.name, wanted)


if __name__ == "__main__":
    asyncio.run(_work(msgspec.json.decode(sys.argv[1], type=Following)))
