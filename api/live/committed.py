"""What is in the log and waits to become part of its room, in the order of the log."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.live.client import Client
from api.live.closing import ConnectionRefused
from domain.yjs.update import UpdateContents


@dataclass(frozen=True, slots=True)
class Committed:
    """Waits for the edits before it; `took` hears how long the room is busy with it, `at` is when it became durable."""

    updates: Sequence[bytes]
    contents: Sequence[UpdateContents]
    sender: Client
    took: Callable[[float], None]
    at: float


class CommittedEdits:
    """Handed over by version; whoever brought them waits until the room has them."""

    def __init__(self) -> None:
        self._waiting: dict[int, Committed] = {}
        self._applied = asyncio.Event()
        self._ending: ConnectionRefused | None = None

    def put(
        self,
        version: int,
        updates: Sequence[bytes],
        contents: Sequence[UpdateContents],
        sender: Client,
        took: Callable[[float], None],
    ) -> None:
        self._waiting[version] = Committed(updates, contents, sender, took, asyncio.get_running_loop().time())

    def after(self, version: int) -> Committed | None:
        """Return what comes next, and let go of what the room has got otherwise."""
        for passed in [v for v in self._waiting if v <= version]:
            del self._waiting[passed]
        return self._waiting.pop(version + 1, None)

    def applied(self) -> None:
        """Hear that the room has come further."""
        self._applied.set()

    def end(self, refusal: ConnectionRefused) -> None:
        """Hear that the room comes no further."""
        self._ending = refusal
        self._applied.set()

    async def until(self, is_applied: Callable[[], bool]) -> None:
        """Wait until the room has come far enough. Raises ConnectionRefused when it never will."""
        while not is_applied():
            if self._ending is not None:
                raise self._ending.again()
            self._applied.clear()
            await self._applied.wait()
