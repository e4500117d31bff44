"""Reads that many ask for at the same time, made once; nobody is given one that began before they asked."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SharedReads(Generic[K, V]):
    """At most one read of a thing runs, and one waits for it; whoever asks meanwhile shares the one that waits."""

    def __init__(self) -> None:
        self._running: dict[K, asyncio.Task[V]] = {}
        self._next: dict[K, asyncio.Task[V]] = {}

    async def of(self, key: K, read: Callable[[], Awaitable[V]]) -> V:
        """Return what is true now, or a moment later."""
        task = self._next.get(key)
        if task is None:
            # In a context of its own: it is not only the business of whoever asked first.
            task = asyncio.create_task(self._read(key, self._running.get(key), read), context=Context())
            # Heard here as well, or an answer that nobody waits for any more is complained about.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._next[key] = task
        return await asyncio.shield(task)

    async def _read(self, key: K, before: "asyncio.Task[V] | None", read: Callable[[], Awaitable[V]]) -> V:
        if before is not None:
            await asyncio.wait({before})
        task = self._running[key] = self._next.pop(key)
        try:
            return await read()
        finally:
            if self._running[key] is task:
                del self._running[key]
