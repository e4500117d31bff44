"""Make one document's rows those of a plan, writing what differs and nothing else."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from knowledge.chunks import Chunk
from knowledge.ports import IndexPlan
from knowledge.words import title_keys

_LEXEMES = (
    "setweight(to_tsvector('simple', CAST(:title AS text)), 'A') || "
    "setweight(to_tsvector('simple', {heading}), 'B') || to_tsvector('simple', {text}) || "
    "array_to_tsvector(ARRAY['tenant:' || CAST(:tenant AS uuid)])"
)
_BEFORE = text(
    "SELECT chunk_id, ordinal, block_from, block_to, start_at, end_at, embedding_key FROM read.knowledge_chunks "
    "WHERE tenant_id = :tenant AND document_id = :document"
)
_TITLE_BEFORE = text("SELECT title FROM read.knowledge_documents WHERE tenant_id = :tenant AND document_id = :document")
_DROP = text("DELETE FROM read.knowledge_chunks WHERE tenant_id = :tenant AND chunk_id = ANY(:chunks)")
_HAS_VECTOR = (
    "EXISTS (SELECT FROM read.knowledge_embeddings e "
    "WHERE e.tenant_id = :tenant AND e.model = :model AND e.key = {key})"
)
_ADD = text(
    "INSERT INTO read.knowledge_chunks (tenant_id, chunk_id, document_id, ordinal, heading, block_from, block_to, "  # noqa: S608  # our own text
    "start_at, end_at, text, sha256, words, embedding_key, embedded, lexemes) VALUES (:tenant, :chunk, :document, "
    ":ordinal, :heading, :block_from, :block_to, :start, :end, :text, :sha256, :words, :key, "
    + _HAS_VECTOR.format(key=":key")
    + ", "
    + _LEXEMES.format(heading="CAST(:heading AS text)", text="CAST(:text AS text)")
    + ")"
)
_MOVE = text(
    "UPDATE read.knowledge_chunks c SET ordinal = n.ordinal, block_from = n.block_from, block_to = n.block_to, "
    "start_at = n.start_at, end_at = n.end_at FROM unnest(CAST(:chunks AS uuid[]), CAST(:ordinals AS int[]), "
    "CAST(:froms AS int[]), CAST(:tos AS int[]), CAST(:starts AS int[]), CAST(:ends AS int[])) "
    "n(chunk_id, ordinal, block_from, block_to, start_at, end_at) "
    "WHERE c.tenant_id = :tenant AND c.chunk_id = n.chunk_id"
)
_RETITLE = text(
    "UPDATE read.knowledge_chunks c SET embedding_key = :key, embedded = "  # noqa: S608  # our own text
    + _HAS_VECTOR.format(key=":key")
    + ", lexemes = "
    + _LEXEMES.format(heading="c.heading", text="c.text")
    + " WHERE c.tenant_id = :tenant AND c.chunk_id = :chunk"
)
_ORPHANS = text(
    "DELETE FROM read.knowledge_embeddings e WHERE e.tenant_id = :tenant AND e.key = ANY(:keys) AND NOT EXISTS "
    "(SELECT FROM read.knowledge_chunks c WHERE c.tenant_id = e.tenant_id AND c.embedding_key = e.key)"
)
_UNREAD = tuple(
    text(f"DELETE FROM read.{table} WHERE tenant_id = :tenant AND chunk_id = ANY(:chunks)")  # noqa: S608  # our names
    for table in ("knowledge_mentions", "knowledge_evidence")
)
_MENTION = text(
    "INSERT INTO read.knowledge_mentions (tenant_id, chunk_id, start_at, end_at, entity_id, name, kind) "
    "VALUES (:tenant, :chunk, :start, :end, :entity, :name, :kind)"
)
_EVIDENCE = text(
    "INSERT INTO read.knowledge_evidence (tenant_id, chunk_id, start_at, end_at, subject_id, predicate, object_id, "
    "confidence, extractor) VALUES (:tenant, :chunk, :start, :end, :subject, :predicate, :object, :confidence, "
    ":extractor)"
)
_UNTITLE = text("DELETE FROM read.knowledge_titles WHERE tenant_id = :tenant AND document_id = :document")
_TITLE = text(
    "INSERT INTO read.knowledge_titles (tenant_id, title_key, document_id) VALUES (:tenant, :title_key, :document)"
)
_DOCUMENT = text(
    "UPDATE read.knowledge_documents SET title = :title, position = :position, indexed = :indexed, "
    "lexicon = :lexicon, extractor = :extractor, chunks = :chunks, words = :words "
    "WHERE tenant_id = :tenant AND document_id = :document"
)
_NUMBERS = text(
    "INSERT INTO read.knowledge_vector_state (tenant_id, epoch, number) VALUES (:tenant, 1, :count) "
    "ON CONFLICT (tenant_id) DO UPDATE SET number = knowledge_vector_state.number + :count RETURNING number"
)
_CHANGE = text(
    "INSERT INTO read.knowledge_vector_changes (tenant_id, chunk_id, number) VALUES (:tenant, :chunk, :number) "
    "ON CONFLICT (tenant_id, chunk_id) DO UPDATE SET number = excluded.number"
)
_NEXT_EPOCH = text("UPDATE read.knowledge_vector_state SET epoch = epoch + 1 WHERE tenant_id = :tenant")
_FORGET_REMOVED = text(
    "DELETE FROM read.knowledge_vector_changes v WHERE v.tenant_id = :tenant AND NOT EXISTS "
    "(SELECT FROM read.knowledge_chunks c WHERE c.tenant_id = v.tenant_id AND c.chunk_id = v.chunk_id)"
)


async def write_rows(connection: AsyncConnection, tenant_id: TenantId, plan: IndexPlan, model_id: str) -> None:
    """Diff by chunk id: unchanged chunks keep rows and vectors, removed ones take theirs with them."""
    where = {"tenant": tenant_id, "document": plan.mark.document_id, "title": plan.mark.title, "model": model_id}
    before = {row.chunk_id: row for row in await connection.execute(_BEFORE, where)}
    retitled = await connection.scalar(_TITLE_BEFORE, where) != plan.mark.title
    wanted = {chunk.chunk_id: chunk for chunk in plan.chunks}
    removed = [id_ for id_ in before if id_ not in wanted]
    if removed:
        await connection.execute(_DROP, where | {"chunks": removed})
    added = [chunk for chunk in plan.chunks if chunk.chunk_id not in before]
    if added:
        await connection.execute(_ADD, [where | _chunk_row(chunk, plan) for chunk in added])
    kept = [chunk for chunk in plan.chunks if chunk.chunk_id in before]
    moved = [c for c in kept if _place(c) != tuple(before[c.chunk_id])[1:6]]
    if moved:
        await connection.execute(_MOVE, where | _places(moved))
    rekeyed = [c for c in kept if bytes(before[c.chunk_id].embedding_key) != plan.embedding_keys[c.chunk_id]]
    if retitled and kept:
        keys = plan.embedding_keys
        await connection.execute(_RETITLE, [where | {"chunk": c.chunk_id, "key": keys[c.chunk_id]} for c in kept])
    stale = [bytes(before[id_].embedding_key) for id_ in (*removed, *(c.chunk_id for c in rekeyed))]
    if stale:
        await connection.execute(_ORPHANS, where | {"keys": stale})
    await _write_extractions(connection, where, plan)
    await _write_document(connection, where, plan, retitled=retitled or not before)
    await note_vectors(connection, tenant_id, [*removed, *(c.chunk_id for c in (*added, *rekeyed))])


async def note_vectors(connection: AsyncConnection, tenant_id: TenantId, chunks: Sequence[UUID]) -> None:
    """Number these chunks' changes, last in the transaction: numbers then come in the order of the commits."""
    if not chunks:
        return
    last = (await connection.execute(_NUMBERS, {"tenant": tenant_id, "count": len(chunks)})).scalar_one()
    first = last - len(chunks) + 1
    rows = [{"tenant": tenant_id, "chunk": id_, "number": number} for number, id_ in enumerate(chunks, start=first)]
    await connection.execute(_CHANGE, rows)


async def begin_again(connection: AsyncConnection, tenant_id: TenantId) -> None:
    """Let every vector index forget the tenant and follow anew: what is removed there lingers on disk otherwise."""
    await connection.execute(_NEXT_EPOCH, {"tenant": tenant_id})
    await connection.execute(_FORGET_REMOVED, {"tenant": tenant_id})


async def _write_extractions(connection: AsyncConnection, where: dict[str, Any], plan: IndexPlan) -> None:
    if not plan.extractions:
        return
    for statement in _UNREAD:
        await connection.execute(statement, where | {"chunks": list(plan.extractions)})
    mentions = [
        where | {"chunk": id_, "start": m.start, "end": m.end, "entity": m.entity_id, "name": m.name, "kind": m.kind}
        for id_, found in plan.extractions.items()
        for m in found.mentions
    ]
    evidence = [
        where
        | {"chunk": id_, "start": e.start, "end": e.end, "subject": e.subject_id, "predicate": e.predicate}
        | {"object": e.object_id, "confidence": e.confidence, "extractor": plan.extractor}
        for id_, found in plan.extractions.items()
        for e in found.evidence
    ]
    if mentions:
        await connection.execute(_MENTION, mentions)
    if evidence:
        await connection.execute(_EVIDENCE, evidence)


async def _write_document(
    connection: AsyncConnection, where: dict[str, Any], plan: IndexPlan, *, retitled: bool
) -> None:
    if retitled or not plan.chunks:
        await connection.execute(_UNTITLE, where)
        # A document without text is no place for a mention of it to lead to.
        keys = title_keys(plan.mark.title) if plan.chunks else ()
        if keys:
            await connection.execute(_TITLE, [where | {"title_key": key} for key in keys])
    row = {"position": plan.position, "indexed": plan.mark.wanted, "lexicon": plan.lexicon}
    counts = {"chunks": len(plan.chunks), "words": sum(chunk.words for chunk in plan.chunks)}
    await connection.execute(_DOCUMENT, where | row | counts | {"extractor": plan.extractor})


def _chunk_row(chunk: Chunk, plan: IndexPlan) -> dict[str, Any]:
    return {
        "chunk": chunk.chunk_id,
        "ordinal": chunk.ordinal,
        "heading": chunk.heading,
        "block_from": chunk.block_from,
        "block_to": chunk.block_to,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text.replace("\0", "\ufffd"),
        "sha256": chunk.sha256,
        "words": chunk.words,
        "key": plan.embedding_keys[chunk.chunk_id],
    }


def _place(chunk: Chunk) -> tuple[int, ...]:
    return (chunk.ordinal, chunk.block_from, chunk.block_to, chunk.start, chunk.end)


def _places(chunks: Sequence[Chunk]) -> dict[str, list[Any]]:
    names = ("ordinals", "froms", "tos", "starts", "ends")
    columns = zip(*(_place(chunk) for chunk in chunks), strict=True)
    return {"chunks": [c.chunk_id for c in chunks], **{n: list(c) for n, c in zip(names, columns, strict=True)}}
