"""What OpenAI's protocol streams, as plain JSON: all that came together is read together."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec

from gateway.providers import failures

DRAIN_SECONDS_MAX: Final = 0.1
"""What follows the end is read so that the connection can be used again, and not waited for."""
_DONE: Final = b"[DONE]"


class Said:
    """A JSON object by the names of its members; what is not there is None, and some of it are such objects, too."""

    __slots__ = ("_members", "_objects")

    def __init__(self, members: Mapping[str, Any], *objects: str) -> None:
        self._members = members
        self._objects = objects

    def __getattr__(self, name: str) -> Any:
        value = self._members.get(name)
        return Said(value) if name in self._objects and isinstance(value, Mapping) else value


async def chunks_of(received: AsyncIterator[bytes]) -> AsyncGenerator[list[Mapping[str, Any]]]:
    """
    Yield the chunks of each read. Raises ProviderFailed where the provider says in the stream that it failed.

    The SDK makes an object of each word, by types that it looks up anew: ten times the work of all the rest of a call.
    """
    lines = _Lines()
    async for some in received:
        told, failed, done = _told(lines.take(some))
        if told:
            yield told
        if failed is not None:
            raise failed
        if done:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS_MAX):
                    async for _ in received:
                        pass
            return


def _told(events: Sequence[bytes]) -> tuple[list[Mapping[str, Any]], Exception | None, bool]:
    """Return the chunks, what the provider failed with after them, and whether it has ended."""
    told: list[Mapping[str, Any]] = []
    for data in events:
        if data.startswith(_DONE):
            return told, None, True
        try:
            chunk = msgspec.json.decode(data)
        except msgspec.DecodeError as error:
            return told, error, False
        if isinstance(chunk, Mapping):
            if chunk.get("error"):
                return told, failures.in_stream(chunk["error"]), False
            told.append(chunk)
    return told, None, False


class _Lines:
    """Server-sent events as far as they have come; only their data counts."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def take(self, some: bytes) -> list[bytes]:
        """Return the data of each event that is whole now."""
        *lines, self._rest = (self._rest + some).split(b"\n")
        whole = []
        for line in lines:
            # A line ends with a line feed, a carriage return or both.
            for part in line.removesuffix(b"\r").split(b"\r"):
                if part.startswith(b"data:"):
                    self._data.append(part[5:].removeprefix(b" "))
                elif not part and self._data:
                    whole.append(b"\n".join(self._data))
                    self._data = []
        return whole
