"""The log as commands need it: append to streams, load a stream, find a former receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Protocol
from uuid import UUID

from domain.errors import Conflict, Invalid
from domain.ids import StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from tenancy.context import TenantContext

EVENT_BYTES_MAX: Final = 32 * 1024 * 1024
APPEND_BYTES_MAX: Final = 64 * 1024 * 1024
APPEND_EVENTS_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class StreamWrite:
    """What to append to one stream; no events means: only assert that it is still at `expected_version`."""

    stream_id: StreamId
    expected_version: int | None
    events: Sequence[Sealed]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext:
    """Everything about a command that is not the command: who, for whom, when, under which key it may be repeated."""

    tenant: TenantContext
    command_id: UUID
    now: datetime
    idempotency_key: str | None = None
    fingerprint: bytes = b""
    """What the command was, as a keyed hash; stored beside the idempotency key."""
    is_awaited: bool = True
    """Whoever sent it may look next at what the projections make of it; typing is seen in the room."""
    is_last_try: bool = False
    """Nobody decides again after this: what is pinned only to be on the safe side is asked about instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof of a durable write: `position` in the tenant's log, and where the first stream of the write now stands."""

    position: int
    stream_id: StreamId
    stream_version: int


class VersionConflict(Conflict):
    """Somebody else appended to the stream first; load it again and decide again."""

    code: ClassVar = "stream.version_conflict"

    def __init__(self, stream_id: StreamId, actual_version: int, *, is_final: bool = False) -> None:
        super().__init__("Somebody else changed this first.")
        self.is_final = is_final
        """Deciding again would find the same: what the caller has seen is not what there is."""
        self.stream_id = stream_id
        self.actual_version = actual_version

    def facts(self) -> dict[str, object]:
        return {"current_version": self.actual_version}


class IdempotencyKeyReused(Invalid):
    """The Idempotency-Key was used for another command before."""

    code: ClassVar = "idempotency.key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for a different request.")


class EventTooLarge(Invalid):
    """One event would hold more than the log takes in an event, counted as JSON before it is compressed."""

    code: ClassVar = "event.too_large"

    def __init__(self, event_bytes_max: int) -> None:
        super().__init__(f"This is more than one event may hold: {event_bytes_max} bytes.")
        self._event_bytes_max = event_bytes_max

    def facts(self) -> dict[str, object]:
        return {"event_bytes_max": self._event_bytes_max}


class AppendTooLarge(Invalid):
    """One request would write more than the log takes at once; smaller ones are taken."""

    code: ClassVar = "append.too_large"

    def __init__(self) -> None:
        super().__init__(
            f"This is more than may be written at once: {APPEND_EVENTS_MAX} events, {APPEND_BYTES_MAX} bytes together."
        )

    def facts(self) -> dict[str, object]:
        return {"append_events_max": APPEND_EVENTS_MAX, "append_bytes_max": APPEND_BYTES_MAX}


class LogUnavailable(Exception):
    """The log takes no appends right now; nothing was acknowledged. Try again after `retry_after_seconds`."""

    code: ClassVar[str] = "log.unavailable"

    def __init__(self, reason: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class EventLog(Protocol):
    """Appends are durable when they return; a stream is read in the order in which it was written."""

    async def append(self, writes: Sequence[StreamWrite], context: CommandContext) -> Receipt:
        """
        Append to all streams or to none.

        Raises VersionConflict, IdempotencyKeyReused, EventTooLarge, AppendTooLarge, LogUnavailable.
        """
        ...

    async def load(
        self,
        stream_id: StreamId,
        context: TenantContext,
        *,
        after_version: int = 0,
        until_position: int | None = None,
    ) -> Sequence[Recorded[Sealed]]:
        """Return the stream's events after a version and up to a position of the log."""
        ...

    async def at(self, positions: Sequence[int], context: TenantContext) -> Sequence[Recorded[Sealed]]:
        """Return the events at these positions of the log, in log order."""
        ...

    async def versions_of(self, stream_ids: Sequence[StreamId], context: TenantContext) -> Mapping[StreamId, int]:
        """Return the version of each stream that has any events."""
        ...

    async def head(self, context: TenantContext) -> int:
        """Return the position of the tenant's last event; 0 before the first."""
        ...

    async def receipt_of(self, context: CommandContext) -> Receipt | None:
        """Return the receipt that the context's idempotency key earned before. Raises IdempotencyKeyReused."""
        ...
