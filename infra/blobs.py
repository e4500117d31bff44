"""Files in a folder: written beside their place, linked into it once they are whole."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from shutil import copyfile, rmtree
from uuid import uuid4

PIECE_BYTES = 256 * 1024


class FolderBlobs:
    """Implements tenancy.blobs.Blobs; several processes share it when they share the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, path: str, file: Path) -> None:
        await asyncio.to_thread(self._put, self._root / path, file)

    async def size(self, path: str) -> int | None:
        try:
            return (await asyncio.to_thread((self._root / path).stat)).st_size
        except FileNotFoundError:
            return None

    async def read(self, path: str) -> AsyncIterator[bytes]:
        with await asyncio.to_thread((self._root / path).open, "rb") as stream:
            while piece := await asyncio.to_thread(stream.read, PIECE_BYTES):
                yield piece

    async def read_part(self, path: str, *, start: int, bytes_max: int) -> bytes:
        return await asyncio.to_thread(_part, self._root / path, start, bytes_max)

    async def delete(self, path: str) -> None:
        await asyncio.to_thread(_delete, self._root / path)

    async def delete_folder(self, path: str) -> None:
        with suppress(FileNotFoundError):
            await asyncio.to_thread(rmtree, self._root / path)

    @staticmethod
    def _put(place: Path, file: Path) -> None:
        new = [folder for folder in (place.parent, *place.parent.parents) if not folder.exists()]
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = place.with_name(f".{place.name}.{uuid4().hex}.unfinished")
        try:
            copyfile(file, unfinished)
            with unfinished.open("rb") as copied:
                os.fsync(copied.fileno())
            # A link and no rename: whoever comes second finds the file of the first and leaves it alone.
            with suppress(FileExistsError):
                os.link(unfinished, place)
        finally:
            unfinished.unlink(missing_ok=True)
        # A file is as durable as the names that lead to it.
        for folder in {place.parent, *(folder.parent for folder in new)}:
            _sync(folder)


def _part(place: Path, start: int, bytes_max: int) -> bytes:
    with place.open("rb") as stream:
        stream.seek(start)
        return stream.read(bytes_max)


def _delete(place: Path) -> None:
    for unfinished in place.parent.glob(f".{place.name}.*.unfinished"):
        unfinished.unlink(missing_ok=True)
    place.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
