"""When a server has nothing left to do."""

import asyncio
from time import perf_counter

from bench.collaboration.server import Server

QUIET_SHARE = 0.25
"""Of one processor: reading again what was typed takes about so much, as long as there is something to read."""
LOOK_SECONDS = 0.5


async def quiet(server: Server, seconds_max: float) -> None:
    """Wait until the server has done what the last measurement left it to do, or it takes too long."""
    deadline = perf_counter() + seconds_max
    while perf_counter() < deadline:
        before, database_before = server.used(), server.used_by_database()
        await asyncio.sleep(LOOK_SECONDS)
        used = server.used().since(before) + server.used_by_database().since(database_before)
        if used < QUIET_SHARE * LOOK_SECONDS:
            return
