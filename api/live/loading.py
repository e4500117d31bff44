"""What updates of the log say of themselves, read in a thread when it takes longer than the event loop has."""

import asyncio
from collections.abc import Sequence

from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.update import UpdateContents, read_update

IN_THREAD_FROM_BYTES = 64 * 1024


async def read_all(updates: Sequence[bytes]) -> list[UpdateContents]:
    """Read updates that were taken before."""
    if sum(map(len, updates)) >= IN_THREAD_FROM_BYTES:
        return await asyncio.to_thread(_read, updates)
    return _read(updates)


def _read(updates: Sequence[bytes]) -> list[UpdateContents]:
    return [read_update(update, OWN_STATE_LIMITS) for update in updates]
