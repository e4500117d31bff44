"""What happened to a document, in revisions: one author's typing without a long pause is one revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Integer, Table, Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.document import events
from domain.document.transport import Transport
from domain.evidence.events import ErasureRequested
from domain.ids import DocumentId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.erased_documents import without_erased
from projections.projector import READ_MODELS
from projections.rows import put

REVISION_PAUSE = timedelta(minutes=2)
PAGE_REVISIONS_MAX = 100

history = Table(
    "document_history",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("kind", Text),
    Column("position_from", BigInteger),
    Column("position_to", BigInteger),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("edits", Integer),
    Column("actor_ref", Text),
    Column("title", Text),
)

_KINDS: dict[type[Sealed], str] = {
    events.DocumentCreated: "created",
    events.DocumentRenamed: "renamed",
    events.DocumentArchived: "archived",
    events.DocumentRestored: "restored",
    events.EditsRecorded: "edited",
}

_KINDS_BY_TRANSPORT: dict[str, str] = {
    Transport.RESTORE: "content_restored",
    Transport.UNDO: "undone",
    Transport.REDO: "redone",
    Transport.REVERT: "reverted",
}
"""What brings back or takes away is a revision of its own, of one edit."""

Row = dict[str, Any]


class DocumentHistoryProjector:
    """A row a revision, numbered from 1 in each document."""

    name, version = "document_history", 2
    handles: frozenset[type[Sealed]] = frozenset({*_KINDS, ErasureRequested})
    tables = (history,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """Load each document's last revision, continue or begin one for every event, write the changed rows."""
        batch = await without_erased(transaction, history, batch)
        if not batch:
            return
        last = await _last_revisions(transaction, batch)
        changed: dict[tuple[UUID, int], Row] = {}
        for recorded in batch:
            document_id = recorded.event.document_id  # type: ignore[union-attr]  # every handled event has one
            previous = last.get(document_id)
            if previous is not None and recorded.position <= previous["position_to"]:
                continue
            row = _continued(previous, recorded) or _begun(previous, document_id, recorded)
            last[document_id] = row
            changed[document_id, row["number"]] = row
        await put(transaction, history, list(changed.values()), ("position_to", "ended_at", "edits"))


_LAST_REVISIONS = (
    select(history)
    .where(
        history.c.tenant_id == bindparam("tenant"),
        history.c.document_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
    )
    .ext(distinct_on(history.c.document_id))
    .order_by(history.c.document_id, history.c.number.desc())
)


async def _last_revisions(transaction: AsyncConnection, batch: Sequence[Recorded[Sealed]]) -> dict[UUID, Row]:
    ids = {recorded.event.document_id for recorded in batch}  # type: ignore[union-attr]
    found = await transaction.execute(_LAST_REVISIONS, {"tenant": batch[0].tenant_id, "ids": list(ids)})
    return {row["document_id"]: dict(row) for row in found.mappings()}


def _continued(previous: Row | None, recorded: Recorded[Sealed]) -> Row | None:
    """Return the last revision made longer, when this event belongs to it."""
    if (
        previous is None
        or previous["kind"] != "edited"
        or not isinstance(recorded.event, events.EditsRecorded)
        or _kind(recorded.event) != "edited"
        or previous["actor_ref"] != str(recorded.actor)
        or recorded.recorded_at - previous["ended_at"] > REVISION_PAUSE
    ):
        return None
    return previous | {
        "position_to": recorded.position,
        "ended_at": recorded.recorded_at,
        "edits": previous["edits"] + len(recorded.event.updates),
    }


def _begun(previous: Row | None, document_id: UUID, recorded: Recorded[Sealed]) -> Row:
    event = recorded.event
    return {
        "tenant_id": recorded.tenant_id,
        "document_id": document_id,
        "number": 1 if previous is None else previous["number"] + 1,
        "kind": _kind(event),
        "position_from": recorded.position,
        "position_to": recorded.position,
        "started_at": recorded.recorded_at,
        "ended_at": recorded.recorded_at,
        "edits": len(event.updates) if isinstance(event, events.EditsRecorded) else 0,
        "actor_ref": str(recorded.actor),
        "title": event.title if isinstance(event, events.DocumentCreated | events.DocumentRenamed) else None,
    }


def _kind(event: object) -> str:
    if isinstance(event, events.EditsRecorded) and event.transport in _KINDS_BY_TRANSPORT:
        return _KINDS_BY_TRANSPORT[event.transport]
    return _KINDS[type(event)]  # type: ignore[index]  # unreadable events never reach a projector


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Positions are inclusive and those of the tenant's log; read the content `at=position_to`."""

    number: int
    kind: str
    position_from: int
    position_to: int
    started_at: datetime
    ended_at: datetime
    edits: int
    actor_ref: str
    title: str | None


async def revisions(
    connection: AsyncConnection,
    tenant_id: TenantId,
    document_id: DocumentId,
    *,
    first: int,
    before_number: int | None = None,
) -> list[Revision]:
    """Return up to `first` revisions, newest first, below `before_number`."""
    query = (
        select(*(history.c[name] for name in Revision.__dataclass_fields__))
        .where(history.c.tenant_id == tenant_id, history.c.document_id == document_id)
        .order_by(history.c.number.desc())
        .limit(min(first, PAGE_REVISIONS_MAX + 1))
    )
    if before_number is not None:
        query = query.where(history.c.number < before_number)
    return [Revision(**row._mapping) for row in await connection.execute(query)]
