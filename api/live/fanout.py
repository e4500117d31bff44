"""What rooms need to hear of the same document's rooms in other processes; presence only, edits are in the log."""

from collections.abc import Callable
from typing import Protocol

Heard = Callable[[bytes], None]
"""Takes what another process published; called from the event loop, must not block."""


class Fanout(Protocol):
    """Best effort: what is lost costs somebody a cursor for some seconds, never an edit."""

    def publish(self, channel: str, message: bytes) -> None:
        """Tell the other processes; returns at once."""
        ...

    async def subscribe(self, channel: str, heard: Heard) -> None:
        """Hear what other processes publish, from now on."""
        ...

    async def unsubscribe(self, channel: str, heard: Heard) -> None:
        """Hear no more, unless somebody else has subscribed to the channel since."""
        ...
