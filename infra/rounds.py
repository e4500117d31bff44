"""Work that is done in rounds: one that fails is told of, and the next one comes."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()


async def in_rounds(
    work: Callable[[], Awaitable[object]], *, pause_seconds: float, failed: str, first_after_seconds: float = 0.0
) -> None:
    """Repeat until cancelled; `failed` is what the log says when the database or a file could not be reached."""
    await asyncio.sleep(first_after_seconds)
    while True:
        try:
            await work()
        except (SQLAlchemyError, OSError) as error:
            log.warning(failed, error=type(error).__name__)
        await asyncio.sleep(pause_seconds)
