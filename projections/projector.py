"""What a projection is: a name, a version, the events it takes, and how they change its tables."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import StreamId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from tenancy.context import TenantContext

READ_MODELS = MetaData(schema="read")

BATCH_EVENTS_MAX = 500
BATCH_BYTES_MAX = 8 * 1024 * 1024
"""Of sealed content: a batch ends with the event that goes beyond it."""

Kinds = frozenset[type[Sealed]]


class Projector(Protocol):
    """
    Bump `version` when the tables must be built again: readers keep the former rows until the new ones are there.

    `apply` is idempotent: a batch may come twice. It reads and writes its own tables only, which may be those of a
    version that is being built beside the one that is read.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def handles(self) -> Kinds: ...

    @property
    def tables(self) -> Sequence[Table]: ...

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """Take events of one tenant in log order, all of them of the types in `handles`."""
        ...


class ReadTransactions(Protocol):
    """Opens a transaction that sees one tenant's read models."""

    def as_app(self, context: TenantContext) -> AbstractAsyncContextManager[AsyncConnection]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A stretch of one tenant's log, read to `until`: of its events those that somebody asked for."""

    events: Sequence[Recorded[Sealed]]
    until: int


class EventFeed(Protocol):
    """The log as a projection's runner needs it."""

    def as_projector(self, tenant_id: TenantId) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that may change this tenant's read models."""
        ...

    async def renew(self, transaction: AsyncConnection, tenant_id: TenantId) -> None:
        """Let a long transaction go on: what it shows of the tenant ends after a minute."""
        ...

    async def read(
        self, transaction: AsyncConnection, tenant_id: TenantId, *, after: int, until: int, handles: Kinds
    ) -> Batch:
        """
        Read the log on from a position, gapless, so that nothing can be missed; other kinds of events stay sealed.

        Ends before `until` when there are BATCH_BYTES_MAX of content.
        """
        ...

    async def logs_ahead(
        self, projectors: "Sequence[Projector]", *, within_seconds: float | None
    ) -> Sequence[TenantId]:
        """Return whose log is ahead of some projection, of those that grew lately; of all of them when None."""
        ...

    async def builds_due(self, projectors: "Sequence[Projector]") -> "Sequence[tuple[TenantId, str, int]]":
        """Return which version of which projection has to be built beside the one that is read."""
        ...

    def wake_ups(self) -> AsyncIterator[frozenset[TenantId] | None]:
        """Yield tenants whose log has grown, and None once a second, to look; hints, never the truth."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one projection has come, over all tenants that have a log."""

    projection: str
    version: int
    """The version that this process knows."""
    active_versions: Mapping[int, int]
    """How many tenants read which version."""
    tenants: int
    building: int
    """For how many tenants another version is being built beside the one that is read."""
    lag_events: int
    lag_seconds: float
    """How long ago the oldest event was recorded that some tenant's readers do not see yet."""
    dead_letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStream:
    """A stream that waits in one projection for a retry, since an event of it failed."""

    projection: str
    version: int
    tenant_id: TenantId
    stream_id: StreamId
    position: int
    error: str
    failed_at: datetime
