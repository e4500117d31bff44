"""The other end of a live session, as its room and its session know it; each transport brings its own."""

from typing import Protocol

from api.live.closing import ConnectionRefused


class Client(Protocol):
    """Takes y-protocols frames to be sent, in order. Putting never waits: a slow reader must not hold up the room."""

    @property
    def counts(self) -> bool:
        """
        Tell whether the client counts its updates against acknowledgements of their own.

        Then it needs no echo; and it begins each sync itself, because an answer to a question of ours would count.
        """
        ...

    def put(self, frame: bytes) -> None:
        """Queue a frame that must arrive."""
        ...

    async def has_space(self) -> None:
        """Wait until there is room for the answer to a question of this client's own."""
        ...

    def put_presence(self, frame: bytes) -> None:
        """Queue a frame that the next one of its kind replaces."""
        ...

    def acknowledge(self, update: bytes, *, is_echoed: bool) -> None:
        """Say that an update is durable; `is_echoed` when the room has sent, or will send, the same to everybody."""
        ...

    def refuse(self, *, is_first: bool) -> None:
        """Say that an update was not taken: the client may only read."""
        ...

    def tell_rights(self, *, may_write: bool) -> None:
        """Say that the client may write again, or not any more."""
        ...

    def close(self, refusal: ConnectionRefused) -> None:
        """End the session after what is queued."""
        ...
