"""Files that outgrow a database: put whole, read in pieces, under paths that tenancy.keys makes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol


class Blobs(Protocol):
    """A file is there whole or not at all; the first to put it wins."""

    async def put(self, path: str, file: Path) -> None:
        """Move a finished local file there, unless there is one already; durable when it returns."""
        ...

    async def size(self, path: str) -> int | None:
        """Return its length in bytes; None when there is no such file."""
        ...

    def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield its content piece by piece."""
        ...

    async def read_part(self, path: str, *, start: int, bytes_max: int) -> bytes:
        """Return so many bytes from there on, fewer where the file ends. Raises FileNotFoundError."""
        ...

    async def delete(self, path: str) -> None:
        """Delete one file and whatever an interrupted `put` left of it; none is fine, too."""
        ...

    async def delete_folder(self, path: str) -> None:
        """Delete every file below a path; none is fine, too."""
        ...
