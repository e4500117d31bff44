"""Which documents are there: the list that a person opens first, newest change on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Table, Text, Uuid, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.document import events
from domain.document.state import Stage
from domain.evidence.events import ErasureRequested
from domain.ids import DocumentId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.document_access import readable
from projections.erased_documents import without_erased
from projections.projector import READ_MODELS
from projections.rows import put, rows_of_documents
from tenancy.context import TenantContext

PAGE_DOCUMENTS_MAX = 100
COUNTED_DOCUMENTS_MAX = 10_001

library = Table(
    "document_library",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("title", Text),
    Column("body", Text),
    Column("status", Text),
    Column("version", BigInteger),
    Column("created_at", DateTime(timezone=True)),
    Column("created_by", Text),
    Column("updated_at", DateTime(timezone=True)),
    Column("updated_by", Text),
    Column("position", BigInteger),
)

Row = dict[str, Any]


class DocumentLibraryProjector:
    """One row a document: what its title is, where it is in its life, who changed it last."""

    name, version = "document_library", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {
            events.DocumentCreated,
            events.DocumentRenamed,
            events.DocumentArchived,
            events.DocumentRestored,
            events.EditsRecorded,
            ErasureRequested,
        }
    )
    tables = (library,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """Load the batch's rows, fold the events over them, write them back: two statements a batch."""
        batch = await without_erased(transaction, library, batch)
        if not batch:
            return
        ids = {recorded.event.document_id for recorded in batch}  # type: ignore[union-attr]  # every handled event has one
        rows = await rows_of_documents(transaction, library, batch[0].tenant_id, ids)
        for recorded in batch:
            document_id = recorded.event.document_id  # type: ignore[union-attr]  # every handled event has one
            row = rows.get(document_id)
            if row is None or row["position"] < recorded.position:
                rows[document_id] = _after(row, recorded)
        await put(transaction, library, list(rows.values()))


def _after(row: Row | None, recorded: Recorded[Sealed]) -> Row:
    touched = {
        "updated_at": recorded.recorded_at,
        "updated_by": str(recorded.actor),
        "position": recorded.position,
    }
    match recorded.event:
        case events.DocumentCreated() as created:
            return touched | {
                "tenant_id": recorded.tenant_id,
                "document_id": created.document_id,
                "title": created.title,
                "body": created.body,
                "status": Stage.DRAFT,
                "version": recorded.stream_version,
                "created_at": recorded.recorded_at,
                "created_by": str(recorded.actor),
            }
        case events.DocumentRenamed() as renamed:
            change: Row = {"title": renamed.title, "version": recorded.stream_version}
        case events.DocumentArchived():
            change = {"status": Stage.ARCHIVED, "version": recorded.stream_version}
        case events.DocumentRestored():
            change = {"status": Stage.DRAFT, "version": recorded.stream_version}
        case _:
            change = {}
    assert row is not None, "a document is created before anything else happens to it"
    return row | touched | change


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCard:
    """A document as the library shows it; `version` is that of its own stream, not of its edits."""

    document_id: DocumentId
    title: str
    body: str
    status: str
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


_CARD = [library.c[name] for name in DocumentCard.__dataclass_fields__]


async def card(connection: AsyncConnection, reader: TenantContext, document_id: DocumentId) -> DocumentCard | None:
    """Return one document's card; None when there is no such document for the reader."""
    return (await cards_by_id(connection, reader, [document_id])).get(document_id)


async def cards_by_id(
    connection: AsyncConnection, reader: TenantContext, ids: Sequence[DocumentId]
) -> dict[DocumentId, DocumentCard]:
    """Return the cards of those ids that are documents of the tenant and may be read."""
    query = select(*_CARD).where(*_of(reader), library.c.document_id.in_(ids))
    return {row.document_id: DocumentCard(**row._mapping) for row in await connection.execute(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFilter:
    """Which documents to list: title contains `text` (case ignored), in one of `statuses`."""

    text: str = ""
    statuses: tuple[str, ...] = (Stage.DRAFT,)


async def page(
    connection: AsyncConnection,
    reader: TenantContext,
    wanted: LibraryFilter,
    *,
    first: int,
    after: tuple[datetime, UUID] | None = None,
    before: tuple[datetime, UUID] | None = None,
    backwards: bool = False,
) -> list[DocumentCard]:
    """
    Return up to `first` cards, last changed first, between two keysets (updated_at, document_id).

    Backwards they are those nearest to the end of that stretch, in the same order.
    """
    place = tuple_(library.c.updated_at, library.c.document_id)
    directed = [c.asc() if backwards else c.desc() for c in (library.c.updated_at, library.c.document_id)]
    query = (
        select(*_CARD).where(*_matching(reader, wanted)).order_by(*directed).limit(min(first, PAGE_DOCUMENTS_MAX + 1))
    )
    if after is not None:
        query = query.where(place < tuple_(*after))
    if before is not None:
        query = query.where(place > tuple_(*before))
    cards = [DocumentCard(**row._mapping) for row in await connection.execute(query)]
    return cards[::-1] if backwards else cards


async def count(connection: AsyncConnection, reader: TenantContext, wanted: LibraryFilter) -> int:
    """Return how many documents match, counting no further than COUNTED_DOCUMENTS_MAX."""
    found = select(library.c.document_id).where(*_matching(reader, wanted)).limit(COUNTED_DOCUMENTS_MAX).subquery()
    return (await connection.execute(select(func.count()).select_from(found))).scalar_one()


def _of(reader: TenantContext) -> list[Any]:
    """What every question asks first: this tenant, and no document that is closed to the reader."""
    return [library.c.tenant_id == reader.tenant_id, readable(reader, library.c.document_id)]


def _matching(reader: TenantContext, wanted: LibraryFilter) -> list[Any]:
    conditions = [*_of(reader), library.c.status.in_(wanted.statuses)]
    if wanted.text.strip():
        conditions.append(library.c.title.icontains(wanted.text.strip(), autoescape=True))
    return conditions
