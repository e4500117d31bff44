"""What resolvers share during one operation."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from api.graphql.access import Access
from api.graphql.limits import GraphQLLimits
from api.named_versions import read_versions
from api.platform import Platform
from commands.history.name_version import LoadedVersions
from domain.errors import DomainError, Forbidden
from domain.evidence.events import ObjectKind
from domain.ids import ApiKeyId, DocumentId
from projections.directory import ApiKeyCard, MemberCard, all_api_keys, members_by_id
from projections.projector import Projector
from tenancy.context import TenantContext


class Operation:
    """One operation of one caller: its rights, its deadline, its reads and how fresh they must be."""

    def __init__(self, platform: Platform, access: Access, limits: GraphQLLimits) -> None:
        self.platform = platform
        self.access = access
        self.limits = limits
        self.name: str | None = None
        self.at_least = 0
        self.members: DataLoader[UUID, MemberCard | None] = DataLoader(self._load_members, cache=False)
        self.api_keys: DataLoader[UUID, ApiKeyCard | None] = DataLoader(self._load_api_keys, cache=False)
        self.versions: DataLoader[DocumentId, LoadedVersions] = DataLoader(self._load_versions, cache=False)
        self._transactions = asyncio.Semaphore(self.limits.read_transactions_per_operation_max)
        self._waiting = asyncio.Lock()
        self._waited_for: dict[str, int] = {}
        self.deadline = 0.0
        self._refused: set[str] = set()
        self.begin()

    @property
    def tenant(self) -> TenantContext:
        return self.access.context

    def begin(self) -> None:
        """Start the deadline: with the operation, and with each event of a subscription."""
        self.stale = False
        self.deadline = asyncio.get_running_loop().time() + self.limits.operation_seconds_max

    def refused(self, error: Forbidden) -> None:
        """Make the attempt an entry of the audit log: once, however many fields it was."""
        if error.code not in self._refused:
            self._refused.add(error.code)
            self.platform.accesses.refused(self.tenant, error.code, ObjectKind.TENANT, self.tenant.tenant_id)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a read transaction; one operation holds few of them at a time."""
        async with self._transactions, self.platform.reads.as_app(self.tenant) as connection:
            yield connection

    @asynccontextmanager
    async def rendering(self) -> AsyncIterator[None]:
        """Wait for a turn to load and render a body: as heavy as a read, and done as few at a time."""
        async with self._transactions:
            yield

    async def reached(self, projector: Projector, at_least: int | None = None) -> None:
        """Wait once until the projection includes what this operation wrote or was asked to include."""
        self.at_least = max(self.at_least, at_least or 0)
        async with self._waiting:
            if self._waited_for.get(projector.name, 0) >= self.at_least:
                return
            if not await self.platform.freshness.reached(projector, self.tenant, self.at_least):
                self.stale = True
            self._waited_for[projector.name] = self.at_least

    async def _load_members(self, ids: list[UUID]) -> Sequence[MemberCard | None]:
        async with self.reading() as connection:
            found = await members_by_id(connection, self.tenant.tenant_id, ids)
        return [found.get(id_) for id_ in ids]

    async def _load_versions(self, ids: list[DocumentId]) -> Sequence[LoadedVersions | Exception]:
        """The named versions of each document, read once for all of its revisions that ask for a label."""
        found: dict[DocumentId, LoadedVersions | Exception] = {}
        for document_id in dict.fromkeys(ids):
            try:
                found[document_id] = await read_versions(self.platform, self.tenant, document_id)
            except DomainError as refused:
                found[document_id] = refused
        return [found[document_id] for document_id in ids]

    async def _load_api_keys(self, ids: list[UUID]) -> Sequence[ApiKeyCard | None]:
        async with self.reading() as connection:
            found = {key.key_id: key for key in await all_api_keys(connection, self.tenant.tenant_id)}
        return [found.get(ApiKeyId(id_)) for id_ in ids]


Info = strawberry.Info[Operation, None]
