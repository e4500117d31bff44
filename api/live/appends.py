"""The appends of one room that are on their way to the log."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Appends:
    """The log answers them in the order in which they began, or nearly so: two numbers tell which are over."""

    def __init__(self) -> None:
        self._begun = self._over = 0
        self._one_is_over = asyncio.Event()

    @property
    def are_under_way(self) -> bool:
        return self._over < self._begun

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count one, however it ends."""
        self._begun += 1
        try:
            yield
        finally:
            self._over += 1
            self._one_is_over.set()

    async def ended(self) -> None:
        """Wait until as many are over as have begun by now."""
        begun = self._begun
        while self._over < begun:
            self._one_is_over.clear()
            await self._one_is_over.wait()
