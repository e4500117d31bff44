"""What was read a moment ago, for all who ask about it: read once, and again when it is old or could not be read."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextvars import Context
from typing import Any, Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class RecentReads(Generic[K, V]):
    """Whoever asks is given the read that runs, or one that began at most `age_seconds_max` ago."""

    def __init__(self, *, keys_max: int, age_seconds_max: float) -> None:
        self._reads: TTLCache[K, asyncio.Task[V]] = TTLCache(keys_max, age_seconds_max)

    async def of(self, key: K, read: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """Return what was read; raise what the read raised, which is then not remembered."""
        task = self._reads.get(key)
        if task is not None and task.done() and task.exception() is None:
            return task.result()
        if task is None:
            # In a context of its own: it is not only the business of whoever asked first.
            task = asyncio.create_task(read(), context=Context())
            # Heard here as well, or an answer that nobody waits for any more is complained about.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._reads[key] = task
        try:
            return await asyncio.shield(task)
        except Exception:
            if self._reads.get(key) is task:
                self.forget(key)
            raise

    def forget(self, key: K) -> None:
        """Read again next time."""
        self._reads.pop(key, None)

    def forget_all(self) -> None:
        """Read everything again next time."""
        self._reads.clear()
