"""What updates of the log say of themselves, read in a thread when it takes longer than the event loop has."""

import asyncio
from collections.abc import Sequence

from api.live.reading import IN_THREAD_FROM_BYTES
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.update import UpdateContents, read_update


async def read_all(updates: Sequence[bytes]) -> list[UpdateContents]:
    """Read updates that were taken before; the others have their turn whatever there is to read."""
    if sum(map(len, updates)) >= IN_THREAD_FROM_BYTES:
        return await asyncio.to_thread(_read, updates)
    await asyncio.sleep(0)
    return _read(updates)


def _read(updates: Sequence[bytes]) -> list[UpdateContents]:
    return [read_update(update, OWN_STATE_LIMITS) for update in updates]
