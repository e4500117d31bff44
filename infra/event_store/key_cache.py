"""A bounded memory in which nothing stays longer than a minute: for keys, which every append asks for."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

CACHED_KEYS_MAX = 50_000
CACHED_SECONDS = 60

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value")


# cachetools' TTLCache locks, links and counts on every hit, which costs an append more than sealing a small event.
class KeyCache(Generic[Name, Value]):
    """Maps names to values; all live equally long, so the order of insertion is the order of expiry."""

    def __init__(
        self,
        *,
        entries_max: int = CACHED_KEYS_MAX,
        seconds: float = CACHED_SECONDS,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._entries_max = entries_max
        self._seconds = seconds
        self._timer = timer
        self._entries: dict[Name, tuple[float, Value]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: Name) -> Value | None:
        entry = self._entries.get(name)
        if entry is None or entry[0] <= self._timer():
            return None
        return entry[1]

    def put(self, name: Name, value: Value) -> None:
        """Keep it from now on, in place of the oldest when there are too many."""
        now = self._timer()
        self._entries.pop(name, None)
        self._entries[name] = (now + self._seconds, value)
        self._drop_old(now)

    def clear(self) -> None:
        self._entries.clear()

    def _drop_old(self, now: float) -> None:
        while self._entries:
            oldest = next(iter(self._entries))
            if len(self._entries) <= self._entries_max and self._entries[oldest][0] > now:
                return
            del self._entries[oldest]
