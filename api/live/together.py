"""The ways of one connection, run side by side until one of them ends."""

import asyncio
from collections.abc import Callable, Coroutine


async def until_one_ends(*ways: Callable[[], Coroutine[None, None, None]]) -> None:
    """Raise what a way ended with, the first of them in their order; return when it only ended."""
    tasks = [asyncio.create_task(way()) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end
