"""Whose text it is: the id map of every document, kept in stretches."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CollectionAggregate,
    Column,
    DateTime,
    Table,
    Text,
    Uuid,
    any_,
    delete,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from domain.actor import Actor
from domain.document.events import EditsRecorded
from domain.evidence.events import ErasureRequested
from domain.history.events import EditsReversed
from domain.ids import DocumentId, TenantId
from domain.provenance.attribution import Attribution, Origin
from domain.provenance.id_map import Claim, IdMap, Stretch
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS
from projections.rows import put


def _attribution_columns() -> tuple[Column[Any], ...]:
    return (
        Column("origin", Text),
        Column("author_ref", Text),
        Column("generation_id", Uuid),
        Column("accepted_by", Text),
    )


stretches = Table(
    "provenance_stretches",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("client", BigInteger, primary_key=True),
    Column("clock_from", BigInteger, primary_key=True),
    Column("clock_to", BigInteger),
    *_attribution_columns(),
    Column("relayed", Boolean),
    Column("at", DateTime(timezone=True)),
    Column("until", DateTime(timezone=True)),
    Column("position", BigInteger),
)
claims = Table(
    "provenance_claims",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("client", BigInteger, primary_key=True),
    Column("session_id", Text),
    Column("is_live", Boolean),
    *_attribution_columns(),
)

Row = dict[str, Any]


class ProvenanceProjector:
    """Folds the ids that edits bring; needs nothing of what they say."""

    name, version = "provenance", 7
    handles: frozenset[type[Sealed]] = frozenset({EditsRecorded, EditsReversed, ErasureRequested})
    tables = (stretches, claims)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        by_document: dict[DocumentId, list[Recorded[Sealed]]] = {}
        for recorded in batch:
            event = recorded.event
            erased = isinstance(event, ErasureRequested)
            document_id = event.target_id if erased else event.document_id  # type: ignore[union-attr]
            by_document.setdefault(document_id, []).append(recorded)
        for document_id, events in by_document.items():
            erasures = [index for index, recorded in enumerate(events) if isinstance(recorded.event, ErasureRequested)]
            if erasures:
                # Who wrote what nobody can read any more is nobody's business either.
                await _forget(transaction, events[0].tenant_id, document_id)
            await _record(transaction, document_id, events[erasures[-1] + 1 if erasures else 0 :])


async def id_map(connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId) -> IdMap:
    """Return whose the ids of a document are; to be read only."""
    of_it = (stretches.c.tenant_id == tenant_id, stretches.c.document_id == document_id)
    return IdMap([_stretch(row._mapping) for row in await connection.execute(select(stretches).where(*of_it))])


async def _forget(transaction: AsyncConnection, tenant_id: TenantId, document_id: DocumentId) -> None:
    for table in (stretches, claims):
        await transaction.execute(
            delete(table).where(table.c.tenant_id == tenant_id, table.c.document_id == document_id)
        )


async def _record(transaction: AsyncConnection, document_id: DocumentId, events: Sequence[Recorded[Sealed]]) -> None:
    if not events:
        return
    tenant_id = events[0].tenant_id
    known = await touched(transaction, tenant_id, document_id, [recorded.event for recorded in events])
    for recorded in events:
        match recorded.event:
            case EditsRecorded() as edit:
                known.record(edit, actor=recorded.actor, at=recorded.recorded_at, position=recorded.position)
            case EditsReversed() as reversed_:
                known.copied(reversed_, at=recorded.recorded_at, position=recorded.position)
            case _:
                pass  # an erasure was dealt with
    key: Row = {"tenant_id": tenant_id, "document_id": document_id}
    changed = [key | _stretch_row(stretch) for stretch in known.changed.values()]
    await put(transaction, stretches, changed, ("clock_to", "at", "until"))
    await put(transaction, claims, [key | _claim_row(claim) for claim in known.claimed], ())


async def touched(
    transaction: AsyncConnection, tenant_id: TenantId, document_id: DocumentId, events: Iterable[object]
) -> IdMap:
    """Return as much of the map as these events need."""
    events = list(events)
    edits = [event for event in events if isinstance(event, EditsRecorded)]
    copies = [copy for event in events if isinstance(event, EditsReversed | EditsRecorded) for copy in event.copies]
    clients = {client for edit in edits for client, _ in edit.inserted}
    clients |= {client for copied, _, _, copied_from, _ in copies for client in (copied, copied_from)}
    sessions = {edit.session_id for edit in edits}
    owned = select(claims).where(
        claims.c.tenant_id == tenant_id,
        claims.c.document_id == document_id,
        or_(claims.c.client == _any(clients, BigInteger), claims.c.session_id == _any(sessions, Text)),
    )
    brought = select(stretches).where(
        stretches.c.tenant_id == tenant_id,
        stretches.c.document_id == document_id,
        stretches.c.client == _any(clients, BigInteger),
    )
    return IdMap(
        [_stretch(row._mapping) for row in await transaction.execute(brought)],
        [_claim(row._mapping) for row in await transaction.execute(owned)],
    )


def _any(values: Collection[Any], kind: type[TypeEngine[Any]]) -> CollectionAggregate[bool]:
    """One parameter, however many values: a statement takes only so many."""
    return any_(literal(list(values), ARRAY(kind)))


def _stretch(row: Any) -> Stretch:
    return Stretch(
        client=row["client"],
        start=row["clock_from"],
        end=row["clock_to"],
        attribution=_attribution(row, relayed=row["relayed"]),
        at=row["at"],
        until=row["until"],
        position=row["position"],
    )


def _claim(row: Any) -> Claim:
    return Claim(
        client=row["client"],
        session_id=row["session_id"],
        is_live=row["is_live"],
        attribution=_attribution(row, relayed=False),
    )


def _attribution(row: Any, *, relayed: bool) -> Attribution:
    return Attribution(
        origin=Origin(row["origin"]),
        author=Actor.parse(row["author_ref"]),
        generation_id=row["generation_id"],
        accepted_by=Actor.parse(row["accepted_by"]) if row["accepted_by"] else None,
        relayed=relayed,
    )


def _stretch_row(stretch: Stretch) -> Row:
    return {
        "client": stretch.client,
        "clock_from": stretch.start,
        "clock_to": stretch.end,
        **_attribution_row(stretch.attribution),
        "relayed": stretch.attribution.relayed,
        "at": stretch.at,
        "until": stretch.until,
        "position": stretch.position,
    }


def _claim_row(claim: Claim) -> Row:
    return {
        "client": claim.client,
        "session_id": claim.session_id,
        "is_live": claim.is_live,
        **_attribution_row(claim.attribution),
    }


def _attribution_row(attribution: Attribution) -> dict[str, UUID | str | None]:
    return {
        "origin": attribution.origin,
        "author_ref": str(attribution.author),
        "generation_id": attribution.generation_id,
        "accepted_by": str(attribution.accepted_by) if attribution.accepted_by else None,
    }
