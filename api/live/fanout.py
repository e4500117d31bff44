"""What rooms need to hear of the same document's rooms in other processes; edits themselves are in the log."""

from collections.abc import Callable
from typing import Protocol

Heard = Callable[[bytes], None]
"""Takes what another process published; called from the event loop, must not block."""


Listening = Callable[[], None]
"""Told whenever a subscription begins to be heard: at first, and again after the line was broken."""


class Fanout(Protocol):
    """Best effort: what is lost costs a cursor for some seconds, or makes an edit wait for the next poll."""

    def publish(self, channel: str, message: bytes) -> None:
        """Tell the other processes; returns at once."""
        ...

    def hint(self, channel: str, message: bytes) -> None:
        """Tell the other processes; of what waits to be sent on a channel only the last hint counts."""
        ...

    async def subscribe(self, channel: str, heard: Heard, listening: Listening | None = None) -> None:
        """Hear what other processes publish, soon; does not wait for the line."""
        ...

    async def unsubscribe(self, channel: str, heard: Heard) -> None:
        """Hear no more, unless somebody else has subscribed to the channel since."""
        ...
