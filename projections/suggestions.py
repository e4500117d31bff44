"""Which generations and suggestions a document has, and how they stand; inline, and without a word of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.evidence.events import DocumentErased
from domain.generation.decisions import OPEN_PER_DOCUMENT_MAX, OPEN_PER_MEMBER_MAX, TooManyGenerations
from domain.generation.events import (
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationRequested,
)
from domain.generation.state import GenerationState
from domain.ids import DocumentId, GenerationId, SuggestionId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from domain.suggestion.decisions import OPEN_PER_DOCUMENT_MAX as OPEN_SUGGESTIONS_MAX
from domain.suggestion.decisions import OPEN_PER_MEMBER_MAX as OPEN_SUGGESTIONS_PER_MEMBER_MAX
from domain.suggestion.decisions import TooManySuggestions
from domain.suggestion.events import SuggestionDecided, SuggestionMade, SuggestionWithdrawn
from projections.projector import READ_MODELS

generations = Table(
    "generations",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("generation_id", Uuid, primary_key=True),
    Column("document_id", Uuid),
    Column("member_id", Uuid),
    Column("state", Text),
    Column("requested_at", DateTime(timezone=True)),
    Column("suggestion_id", Uuid),
)
suggestions = Table(
    "suggestions",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("suggestion_id", Uuid, primary_key=True),
    Column("document_id", Uuid),
    Column("generation_id", Uuid),
    Column("member_id", Uuid),
    Column("open_hunks", ARRAY(Integer)),
    Column("withdrawn", Boolean),
    Column("made_at", DateTime(timezone=True)),
    Column("position", BigInteger),
)

_ENDS = {
    GenerationCompleted: GenerationState.SUCCEEDED,
    GenerationFailed: GenerationState.FAILED,
    GenerationCancelled: GenerationState.CANCELLED,
}


class SuggestionsProjector:
    """One row for each generation and each suggestion."""

    name, version = "suggestions", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {GenerationRequested, *_ENDS, SuggestionMade, SuggestionDecided, SuggestionWithdrawn, DocumentErased}
    )
    tables = (generations, suggestions)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            match recorded.event:
                case GenerationRequested():
                    await _asked(recorded, recorded.event, transaction)
                case GenerationCompleted() | GenerationFailed() | GenerationCancelled():
                    await _ended(recorded, recorded.event, transaction)
                case SuggestionMade():
                    await _made(recorded, recorded.event, transaction)
                case SuggestionDecided() | SuggestionWithdrawn():
                    await _changed(recorded, recorded.event, transaction)
                case DocumentErased() as erased:
                    for table in self.tables:
                        c = table.c
                        await transaction.execute(
                            delete(table).where(c.tenant_id == recorded.tenant_id, c.document_id == erased.document_id)
                        )
                case _:
                    raise AssertionError(recorded.name)


async def _asked(recorded: Recorded[Sealed], event: GenerationRequested, transaction: AsyncConnection) -> None:
    row = {
        "tenant_id": recorded.tenant_id,
        "generation_id": event.generation_id,
        "document_id": event.document_id,
        "member_id": event.requested_by,
        "state": GenerationState.QUEUED,
        "requested_at": recorded.recorded_at,
    }
    put = insert(generations).values(row).on_conflict_do_nothing().returning(generations.c.generation_id)
    if await transaction.scalar(put) is not None:
        await _require_room(recorded.tenant_id, event, transaction)


async def _require_room(tenant_id: TenantId, event: GenerationRequested, transaction: AsyncConnection) -> None:
    """Count in the append's own transaction: whoever asks at the same time is counted too."""
    c = generations.c
    for limit, open_max, whose in (
        ("document", OPEN_PER_DOCUMENT_MAX, c.document_id == event.document_id),
        ("member", OPEN_PER_MEMBER_MAX, c.member_id == event.requested_by),
    ):
        query = select(func.count()).where(c.tenant_id == tenant_id, c.state == GenerationState.QUEUED, whose)
        if (await transaction.scalar(query) or 0) > open_max:
            raise TooManyGenerations(limit, open_max)


async def _ended(
    recorded: Recorded[Sealed],
    event: GenerationCompleted | GenerationFailed | GenerationCancelled,
    transaction: AsyncConnection,
) -> None:
    values: dict[str, object] = {"state": _ENDS[type(event)]}
    if isinstance(event, GenerationCompleted):
        values["suggestion_id"] = event.suggestion_id
    c = generations.c
    await transaction.execute(
        update(generations)
        .where(c.tenant_id == recorded.tenant_id, c.generation_id == event.generation_id)
        .values(values)
    )


async def _made(recorded: Recorded[Sealed], event: SuggestionMade, transaction: AsyncConnection) -> None:
    row = {
        "tenant_id": recorded.tenant_id,
        "suggestion_id": event.suggestion_id,
        "document_id": event.document_id,
        "generation_id": event.generation_id,
        "member_id": event.proposed_by,
        "open_hunks": [hunk.index for hunk in event.hunks],
        "withdrawn": False,
        "made_at": recorded.recorded_at,
        "position": recorded.position,
    }
    put = insert(suggestions).values(row).on_conflict_do_nothing().returning(suggestions.c.suggestion_id)
    if await transaction.scalar(put) is None or event.generation_id is not None:
        return
    c = suggestions.c
    of_people = select(func.count()).where(*open_of(recorded.tenant_id, event.document_id), c.generation_id.is_(None))
    for limit, open_max, query in (
        ("document", OPEN_SUGGESTIONS_MAX, of_people),
        ("member", OPEN_SUGGESTIONS_PER_MEMBER_MAX, of_people.where(c.member_id == event.proposed_by)),
    ):
        if (await transaction.scalar(query) or 0) > open_max:
            raise TooManySuggestions(limit, open_max)


def open_of(tenant_id: TenantId, document_id: DocumentId) -> tuple[ColumnElement[bool], ...]:
    """Return what a row is that tells of an open suggestion of the document."""
    c = suggestions.c
    is_open = (func.cardinality(c.open_hunks) > 0, c.withdrawn.is_(False))
    return (c.tenant_id == tenant_id, c.document_id == document_id, *is_open)


async def _changed(
    recorded: Recorded[Sealed], event: SuggestionDecided | SuggestionWithdrawn, transaction: AsyncConnection
) -> None:
    c = suggestions.c
    row = (c.tenant_id == recorded.tenant_id, c.suggestion_id == event.suggestion_id)
    values: dict[str, object] = {"position": recorded.position}
    if isinstance(event, SuggestionWithdrawn):
        values["withdrawn"] = True
    else:
        decided = {*event.accepted, *event.rejected, *event.outdated}
        open_hunks = (await transaction.execute(select(c.open_hunks).where(*row))).scalar_one()
        values["open_hunks"] = [index for index in open_hunks if index not in decided]
    await transaction.execute(update(suggestions).where(*row).values(values))


async def open_generations(
    connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId
) -> list[GenerationId]:
    """Return the generations of a document that are under way, oldest first."""
    c = generations.c
    query = (
        select(c.generation_id)
        .where(c.tenant_id == tenant_id, c.document_id == document_id, c.state == GenerationState.QUEUED)
        .order_by(c.requested_at)
    )
    return [GenerationId(row.generation_id) for row in await connection.execute(query)]


async def document_of_suggestion(
    connection: AsyncConnection, tenant_id: TenantId, suggestion_id: UUID
) -> DocumentId | None:
    """Return the document that a suggestion is about."""
    c = suggestions.c
    query = select(c.document_id).where(c.tenant_id == tenant_id, c.suggestion_id == suggestion_id)
    found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else DocumentId(found)


async def page(
    connection: AsyncConnection,
    tenant_id: TenantId,
    document_id: DocumentId,
    *,
    only_open: bool,
    first: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[tuple[SuggestionId, datetime]]:
    """Return the document's suggestions, newest first."""
    c = suggestions.c
    query = (
        select(c.suggestion_id, c.made_at)
        .where(c.tenant_id == tenant_id, c.document_id == document_id)
        .order_by(c.made_at.desc(), c.suggestion_id.desc())
        .limit(first)
    )
    if only_open:
        query = query.where(*open_of(tenant_id, document_id))
    if after is not None:
        query = query.where(tuple_(c.made_at, c.suggestion_id) < after)
    return [(SuggestionId(row.suggestion_id), row.made_at) for row in await connection.execute(query)]
