"""Whose text it is: the id map of every document, kept in stretches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    delete,
    func,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from domain.document.events import EditsRecorded
from domain.evidence.events import ErasureRequested
from domain.history.events import EditsReversed
from domain.ids import DocumentId, TenantId
from domain.provenance.id_map import Claim, IdMap, Stretch
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.provenance_rows import Row, claim_of, claim_row, claims, stretch_of, stretch_row, stretches
from projections.rows import put


def _pairs(documents: str, values: str, kind: TypeEngine[Any]) -> Any:
    """Two parameters, however many pairs: a statement takes only so many."""
    pairs = func.unnest(bindparam(documents, type_=ARRAY(Uuid)), bindparam(values, type_=ARRAY(kind)))
    return pairs.table_valued(column("document_id", Uuid), column("value", kind)).render_derived(name=values)


_OF_CLIENTS = _pairs("of_clients", "clients", BigInteger())
_OF_SESSIONS = _pairs("of_sessions", "sessions", Text())


def _of(table: Table, pairs: Any, value: Column[Any]) -> Select[Any]:
    is_asked_for = and_(table.c.document_id == pairs.c.document_id, value == pairs.c.value)
    return select(table).join(pairs, is_asked_for).where(table.c.tenant_id == bindparam("tenant"))


# Made once: making them takes longer than running them.
_BROUGHT = _of(stretches, _OF_CLIENTS, stretches.c.client)
_OWNED = union(_of(claims, _OF_CLIENTS, claims.c.client), _of(claims, _OF_SESSIONS, claims.c.session_id))


class ProvenanceProjector:
    """Folds the ids that edits bring; needs nothing of what they say."""

    name, version = "provenance", 7
    handles: frozenset[type[Sealed]] = frozenset({EditsRecorded, EditsReversed, ErasureRequested})
    tables = (stretches, claims)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        by_document: dict[DocumentId, list[Recorded[Sealed]]] = {}
        for recorded in batch:
            event = recorded.event
            if isinstance(event, ErasureRequested):
                # Who wrote what nobody can read any more is nobody's business either.
                await _forget(transaction, recorded.tenant_id, DocumentId(event.target_id))
                by_document.pop(DocumentId(event.target_id), None)
            else:
                by_document.setdefault(event.document_id, []).append(recorded)  # type: ignore[union-attr]  # as handled
        if by_document:
            await _record(transaction, batch[0].tenant_id, by_document)


async def id_map(connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId) -> IdMap:
    """Return whose the ids of a document are; to be read only."""
    of_it = (stretches.c.tenant_id == tenant_id, stretches.c.document_id == document_id)
    return IdMap([stretch_of(row._mapping) for row in await connection.execute(select(stretches).where(*of_it))])


async def _forget(transaction: AsyncConnection, tenant_id: TenantId, document_id: DocumentId) -> None:
    for table in (stretches, claims):
        await transaction.execute(
            delete(table).where(table.c.tenant_id == tenant_id, table.c.document_id == document_id)
        )


async def _record(
    transaction: AsyncConnection, tenant_id: TenantId, by_document: Mapping[DocumentId, Sequence[Recorded[Sealed]]]
) -> None:
    """Two questions and two answers to the database, however many documents there are."""
    events = {document_id: [one.event for one in recorded] for document_id, recorded in by_document.items()}
    maps = await touched(transaction, tenant_id, events)
    changed: list[Row] = []
    claimed: list[Row] = []
    for document_id, known in maps.items():
        for recorded in by_document[document_id]:
            match recorded.event:
                case EditsRecorded() as edit:
                    known.record(edit, actor=recorded.actor, at=recorded.recorded_at, position=recorded.position)
                case EditsReversed() as reversed_:
                    known.copied(reversed_, at=recorded.recorded_at, position=recorded.position)
                case _:
                    pass  # nothing else is handled
        key: Row = {"tenant_id": tenant_id, "document_id": document_id}
        changed += [key | stretch_row(stretch) for stretch in known.changed.values()]
        claimed += [key | claim_row(claim) for claim in known.claimed]
    await put(transaction, stretches, changed, ("clock_to", "at", "until"))
    await put(transaction, claims, claimed, ())


async def touched(
    transaction: AsyncConnection, tenant_id: TenantId, events: Mapping[DocumentId, Sequence[object]]
) -> dict[DocumentId, IdMap]:
    """Return as much of each document's map as its events need."""
    clients = [(document_id, client) for document_id, some in events.items() for client in _clients(some)]
    sessions = [(document_id, session) for document_id, some in events.items() for session in _sessions(some)]
    where = {
        "tenant": tenant_id,
        "of_clients": [document_id for document_id, _ in clients],
        "clients": [client for _, client in clients],
        "of_sessions": [document_id for document_id, _ in sessions],
        "sessions": [session for _, session in sessions],
    }
    brought: defaultdict[DocumentId, list[Stretch]] = defaultdict(list)
    for row in await transaction.execute(_BROUGHT, where):
        brought[row.document_id].append(stretch_of(row._mapping))
    owned: defaultdict[DocumentId, list[Claim]] = defaultdict(list)
    for row in await transaction.execute(_OWNED, where):
        owned[row.document_id].append(claim_of(row._mapping))
    return {document_id: IdMap(brought[document_id], owned[document_id]) for document_id in events}


def _clients(events: Iterable[object]) -> set[int]:
    found = set()
    for event in events:
        if isinstance(event, EditsRecorded):
            found |= {client for client, _ in event.inserted}
        if isinstance(event, EditsReversed | EditsRecorded):
            found |= {client for copied, _, _, source, _ in event.copies for client in (copied, source)}
    return found


def _sessions(events: Iterable[object]) -> set[str]:
    return {event.session_id for event in events if isinstance(event, EditsRecorded)}
