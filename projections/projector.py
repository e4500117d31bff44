"""What a projection is: a name, a version, the events it takes, and how they change its tables."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from tenancy.context import TenantContext

READ_MODELS = MetaData(schema="read")


class Projector(Protocol):
    """Bump `version` when the tables must be built again. `apply` is idempotent: a batch may come twice."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def handles(self) -> frozenset[type[Sealed]]: ...

    @property
    def tables(self) -> Sequence[Table]: ...

    async def apply(self, events: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """Take events of one tenant in log order, all of them of the types in `handles`."""
        ...


class ReadTransactions(Protocol):
    """Opens a transaction that sees one tenant's read models."""

    def as_app(self, context: TenantContext) -> AbstractAsyncContextManager[AsyncConnection]: ...


class EventFeed(Protocol):
    """The log as a projection's runner needs it."""

    def as_projector(self, tenant_id: TenantId) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that may change this tenant's read models."""
        ...

    async def read(
        self, connection: AsyncConnection, tenant_id: TenantId, *, after: int, events_max: int
    ) -> Sequence[Recorded[Sealed]]:
        """Return the events at the next positions: gapless, so none can be missed."""
        ...

    async def progress(self, projectors: Sequence[Projector]) -> "Sequence[Progress]":
        """Return where every projection stands for every tenant."""
        ...

    def wake_ups(self) -> AsyncIterator[TenantId | None]:
        """Yield a tenant whenever its log may have grown, None when any may have; hints, never the truth."""
        ...


class Progress(Protocol):
    """How far one projection has come in one tenant's log."""

    @property
    def projection(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def tenant_id(self) -> TenantId: ...

    @property
    def position(self) -> int: ...

    @property
    def head(self) -> int: ...

    @property
    def dead_letters(self) -> int: ...
