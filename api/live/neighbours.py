"""The rooms of one document in other processes: presence goes to and fro, and where the log stands."""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from api.live.fanout import Fanout
from api.live.presence import ELSEWHERE, Presence
from domain.yjs import writer
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.limits import MessageLimits
from domain.yjs.protocol import Awareness, MalformedMessage, QueryAwareness, read_message, write_message
from domain.yjs.reader import Reader

HEARD_LIMITS = MessageLimits(state_bytes_max=64 * 1024)
"""A state has grown by its member when another process hears of it."""
_GROWN: Final = b"\xff"
"""Begins a hint; no message of y-protocols does."""

log = structlog.get_logger()


class Neighbours:
    """Nothing here matters: what is lost costs a cursor for some seconds, or an edit's way until the next poll."""

    def __init__(
        self,
        fanout: Fanout,
        channel: str,
        presence: Presence,
        *,
        show: Callable[[Sequence[AwarenessEntry]], None],
        grown: Callable[[int], None],
    ) -> None:
        self._fanout = fanout
        self._channel = channel
        self._presence = presence
        self._show = show
        self._grown = grown

    async def join(self) -> None:
        """Hear the others from now on; they are asked who is there as soon as they can be heard."""
        await self._fanout.subscribe(self._channel, self._heard, self._listening)

    async def leave(self) -> None:
        await self._fanout.unsubscribe(self._channel, self._heard)

    def tell(self, entries: Sequence[AwarenessEntry]) -> None:
        """Say who came, moved or left here."""
        self._fanout.publish(self._channel, write_message(Awareness(entries=tuple(entries))))

    def hint(self, version: int) -> None:
        """Say that the log holds edits up to a version; only the latest counts."""
        self._fanout.hint(self._channel, _GROWN + writer.uint(version))

    def _listening(self) -> None:
        """Whatever was said before was not heard, here or there."""
        self._fanout.publish(self._channel, write_message(QueryAwareness()))
        self._tell_everybody()

    def _tell_everybody(self) -> None:
        if here := self._presence.everybody(but=ELSEWHERE):
            self.tell(here)

    def _heard(self, message: bytes) -> None:
        if message[:1] == _GROWN:
            self._grown(Reader(message[1:], MalformedMessage).uint())
            return
        match read_message(message, HEARD_LIMITS):
            case Awareness(entries=entries):
                if accepted := self._presence.take_from_elsewhere(entries):
                    self._show(accepted)
            case QueryAwareness():
                self._tell_everybody()
            case _:
                log.warning("room.odd_message")
