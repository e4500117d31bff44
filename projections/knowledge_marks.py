"""What there is to index: each document with the position of its last event; the indexer follows these marks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.document import events
from domain.document.state import Stage
from domain.evidence.events import ErasureRequested, ErasureScope
from domain.glossary import events as glossary
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS
from projections.rows import put, rows_of_documents

marks = Table(
    "knowledge_marks",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("title", Text),
    Column("body", Text),
    Column("status", Text),
    Column("wanted", BigInteger),
)
lexicons = Table(
    "knowledge_lexicons",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("position", BigInteger),
)
# The indexer's own table, of which this projector touches one column, whichever version of its marks is written.
_INDEX_ANEW = text(
    "UPDATE read.knowledge_documents SET indexed = 0 WHERE tenant_id = :tenant AND document_id = ANY(:ids)"
)

_OF_DOCUMENTS: frozenset[type[Sealed]] = frozenset(
    {
        events.DocumentCreated,
        events.DocumentRenamed,
        events.DocumentArchived,
        events.DocumentRestored,
        events.EditsRecorded,
        ErasureRequested,
    }
)
_OF_TERMS: frozenset[type[Sealed]] = frozenset({glossary.TermDefined, glossary.TermChanged, glossary.TermRetired})

Row = dict[str, Any]

ERASED = "erased"
"""The status of a document whose content nobody can read any more."""


class KnowledgeMarksProjector:
    """Named after what it leads to: rebuilding it lets every document be indexed again."""

    name, version = "knowledge", 1
    handles = _OF_DOCUMENTS | _OF_TERMS
    tables = (marks, lexicons)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """Fold the batch over the marks of its documents: two statements, whatever its size."""
        if not batch:
            return
        of_terms = [recorded.position for recorded in batch if type(recorded.event) in _OF_TERMS]
        if of_terms:
            await _move_lexicon(batch[0].tenant_id, max(of_terms), transaction)
        of_documents = [recorded for recorded in batch if _is_of_a_document(recorded.event)]
        if not of_documents:
            return
        ids = set(map(_document_of, of_documents))
        rows = await rows_of_documents(transaction, marks, batch[0].tenant_id, ids)
        for recorded in of_documents:
            document_id = _document_of(recorded)
            row = rows.get(document_id)
            if row is None or row["wanted"] < recorded.position:
                rows[document_id] = _after(row, recorded)
        await put(transaction, marks, list(rows.values()))
        await _forget_index(of_documents, transaction)


def _is_of_a_document(event: object) -> bool:
    if isinstance(event, ErasureRequested):
        return event.scope is ErasureScope.DOCUMENT
    return type(event) in _OF_DOCUMENTS


def _document_of(recorded: Recorded[Sealed]) -> UUID:
    event = recorded.event
    return event.target_id if isinstance(event, ErasureRequested) else event.document_id  # type: ignore[union-attr]


async def _move_lexicon(tenant_id: UUID, position: int, transaction: AsyncConnection) -> None:
    moved = insert(lexicons).values(tenant_id=tenant_id, position=position)
    await transaction.execute(
        moved.on_conflict_do_update(
            index_elements=["tenant_id"],
            set_={"position": moved.excluded.position},
            where=lexicons.c.position < moved.excluded.position,
        )
    )


async def _forget_index(batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
    """Let a document that begins be indexed anew: it never was, unless this is the projection's rebuild."""
    begun = [r.event.document_id for r in batch if isinstance(r.event, events.DocumentCreated)]
    if begun:
        await transaction.execute(_INDEX_ANEW, {"tenant": batch[0].tenant_id, "ids": begun})


def _after(row: Row | None, recorded: Recorded[Sealed]) -> Row:
    change: Row = {"wanted": recorded.position}
    match recorded.event:
        case events.DocumentCreated() as created:
            return change | {
                "tenant_id": recorded.tenant_id,
                "document_id": created.document_id,
                "title": created.title,
                "body": created.body,
                "status": Stage.DRAFT,
            }
        case ErasureRequested() as erased:
            # Nothing of what was said before: after a rebuild nothing of it can be read.
            return change | {
                "tenant_id": recorded.tenant_id,
                "document_id": erased.target_id,
                "title": "",
                "body": "",
                "status": ERASED,
            }
        case events.DocumentRenamed() as renamed:
            change |= {"title": renamed.title}
        case events.DocumentArchived():
            change |= {"status": Stage.ARCHIVED}
        case events.DocumentRestored():
            change |= {"status": Stage.DRAFT}
        case _:
            pass
    assert row is not None, "a document is created before anything else happens to it"
    return row | change
