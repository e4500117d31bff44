"""Texts while they are written: as far as they have come, for every viewer in every process."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from domain.errors import LimitReached

VIEWERS_PER_TEXT_MAX = 200


class TooManyViewers(LimitReached):
    """A text is watched by as many streams of this process as may; ask for it instead."""

    code: ClassVar = "stream.too_many_viewers"

    def __init__(self) -> None:
        super().__init__("Too many streams follow this text; ask for it instead.")

    def facts(self) -> dict[str, object]:
        return {"viewers_max": VIEWERS_PER_TEXT_MAX, "retry_after_seconds": 5}


class Bus(Protocol):
    """Tells the other processes, best effort: what is lost comes with the finished text, which is in the log."""

    def publish(self, channel: str, message: bytes) -> None: ...

    async def subscribe(self, channel: str, heard: Callable[[bytes], None]) -> None: ...

    async def unsubscribe(self, channel: str, heard: Callable[[bytes], None]) -> None: ...


@dataclass(slots=True)
class LiveText:
    """What is known of a text; `again` counts how often it was begun anew."""

    text: str = ""
    again: int = 0
    begun: bool = False
    written_here: bool = False
    viewers: set[asyncio.Event] = field(default_factory=set)

    def begin(self) -> None:
        self.text, self.again, self.begun = "", self.again + 1, True

    def tell(self) -> None:
        for changed in self.viewers:
            changed.set()


@dataclass(frozen=True, slots=True)
class Viewer:
    """One viewer's view: it reads as far as it likes, the text waits for it."""

    live: LiveText
    changed: asyncio.Event


class LiveTexts:
    """The texts that are written here and those that are watched from here; nothing of it is durable."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._texts: dict[str, LiveText] = {}
        self._listeners: dict[str, Callable[[bytes], None]] = {}

    @asynccontextmanager
    async def written(self, channel: str) -> AsyncIterator[Callable[[str], None]]:
        """Write here: call what is yielded with each piece. A channel's name holds its tenant (tenancy/keys.py)."""
        live = await self._joined(channel)
        live.begin()
        live.written_here = True
        live.tell()

        def heard(piece: str) -> None:
            at = len(live.text)
            live.text += piece
            self._publish(channel, at, piece)
            live.tell()

        try:
            yield heard
        finally:
            live.written_here = False
            live.tell()
            await self._left(channel)

    @asynccontextmanager
    async def watched(self, channel: str, changed: asyncio.Event | None = None) -> AsyncIterator[Viewer]:
        """Watch; whoever writes it elsewhere is asked for what there is so far. Raises TooManyViewers."""
        changed = changed or asyncio.Event()
        live = await self._joined(channel)
        if len(live.viewers) >= VIEWERS_PER_TEXT_MAX:
            raise TooManyViewers
        live.viewers.add(changed)
        if not live.written_here:
            self._bus.publish(channel, b"?")
        try:
            yield Viewer(live, changed)
        finally:
            live.viewers.discard(changed)
            await self._left(channel)

    def is_begun(self, channel: str) -> bool:
        """Tell whether a text is being written, as far as this process has heard."""
        live = self._texts.get(channel)
        return live is not None and live.begun

    async def _joined(self, channel: str) -> LiveText:
        live = self._texts.get(channel)
        if live is None:
            live = self._texts[channel] = LiveText()

            def heard(message: bytes) -> None:
                self._heard(channel, message)

            self._listeners[channel] = heard
            await self._bus.subscribe(channel, heard)
        return live

    async def _left(self, channel: str) -> None:
        live = self._texts.get(channel)
        if live is not None and not live.written_here and not live.viewers:
            del self._texts[channel]
            await self._bus.unsubscribe(channel, self._listeners.pop(channel))

    def _publish(self, channel: str, at: int, text: str) -> None:
        self._bus.publish(channel, json.dumps({"at": at, "text": text}).encode())

    def _heard(self, channel: str, message: bytes) -> None:
        live = self._texts.get(channel)
        if live is None:
            return
        if message == b"?":
            if live.written_here:
                self._publish(channel, 0, live.text)
            return
        if live.written_here:
            return
        # Whoever speaks on the bus is one of ours; what cannot be read is a former version's.
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(message)
            self._take(channel, live, int(told["at"]), str(told["text"]))

    def _take(self, channel: str, live: LiveText, at: int, text: str) -> None:
        begun_anew = at == 0 and not (live.text.startswith(text) or text.startswith(live.text))
        if begun_anew or not live.begun:
            live.begin()
        if at > len(live.text):
            self._bus.publish(channel, b"?")
            return
        if at + len(text) > len(live.text):
            live.text = live.text[:at] + text
            live.tell()
