"""Wait until something is the case, looking again and again; how long is said once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

SECONDS_MAX = 180.0

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool] = bool) -> T:
    """What was seen when it was as wanted."""
    async with asyncio.timeout(SECONDS_MAX):
        while True:
            seen = await look()
            if wanted(seen):
                return seen
            await asyncio.sleep(0.05)
