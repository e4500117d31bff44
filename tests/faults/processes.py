"""Processes of the fault tests: started with one JSON argument, heard when they are ready, ended by SIGTERM."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

READY = b"ready\n"


async def start(module: str, argument: object) -> asyncio.subprocess.Process:
    """Return a process of the module, once it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, msgspec.json.encode(argument).decode(),
        cwd=Path(__file__).parents[2], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == READY
    return process


def ready(finish: Callable[[], None]) -> None:
    """Say so to whoever started this process; `finish` is called when it is told to end."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, finish)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
