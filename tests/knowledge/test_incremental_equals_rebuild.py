"""Whatever happened to documents and glossary, in whatever steps it was followed: as if it were built afresh."""

import hashlib
import random
from typing import Any

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CreateDocument
from commands.document.edit_document import EditDocument
from commands.document.rename_document import RenameDocument
from commands.document.restore_document import RestoreDocument
from commands.knowledge.change_term import ChangeTerm
from commands.knowledge.define_term import DefineTerm
from commands.knowledge.retire_term import RetireTerm
from domain.document.operations import AppendMarkdown, DeleteBlock, EditOperation, InsertBlock
from domain.errors import DomainError
from domain.ids import DocumentId, TermId
from projections.catalogue import KNOWLEDGE_MARKS
from tests.support.knowing import indexed
from tests.support.world import Tenant

TABLES = {
    "knowledge_documents": "*",
    "knowledge_titles": "*",
    "knowledge_chunks": "*",
    "knowledge_mentions": "*",
    "knowledge_evidence": "*",
    "knowledge_embeddings": "tenant_id, model, key",
}
PIECES = (
    "# Acme Inc.\n\nAna Smith is the CEO of Acme Inc. in Berlin.",
    "## Terms\n\nThe wombat clause was founded by Globex Corp in March 2019.",
    "| Item | Price |\n|---|---|\n| Pump P-100 | € 200 |\n| Valve | € 30 |",
    "```\ncode = 1\n```",
    "Vendors such as Globex Corp and Initech deliver the marsupial on 12 March 2025. " * 12,
    "- one\n- two\n\n> Wombat means marsupial.",
)


async def fingerprint(colophon: Colophon, tenant: Tenant) -> str:
    """A digest of every row that says what is known, in no order."""
    rows: list[str] = []
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        for table, columns in TABLES.items():
            found = await connection.execute(text(f"SELECT {columns} FROM read.{table}"))
            rows.extend(f"{table}{tuple(row)}" for row in found)
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest() + f" of {len(rows)}"


async def head(colophon: Colophon, tenant: Tenant) -> int:
    async with colophon.platform.reads.as_app(tenant.olga.context) as connection:
        return int((await connection.execute(text("SELECT max(position) FROM log.events"))).scalar_one())


async def built_afresh(colophon: Colophon, tenant: Tenant) -> None:
    """Throw everything away and build it from the log."""
    async with colophon.feed.as_projector(tenant.tenant_id) as connection:
        for table in ("knowledge_documents", "knowledge_embeddings", "knowledge_vector_changes"):
            await connection.execute(text(f"DELETE FROM read.{table}"))
    await colophon.builder.rebuild(tenant.tenant_id, KNOWLEDGE_MARKS)
    await indexed(colophon, tenant, await head(colophon, tenant), with_vectors=True)


def something(chance: random.Random, documents: list[DocumentId], terms: list[TermId]) -> Any:
    """A command that may or may not be possible now."""
    document_id, term_id, piece = chance.choice(documents), chance.choice(terms), chance.choice(PIECES)
    name = chance.choice(["wombat", "marsupial", "Globex Corp", "P-100 (.*)[+"])
    return chance.choice(
        [
            edited(document_id, AppendMarkdown(markdown=piece)),
            edited(document_id, AppendMarkdown(markdown=piece)),
            edited(document_id, InsertBlock(at=0, markdown=piece)),
            edited(document_id, DeleteBlock(block=chance.randrange(6))),
            edited(document_id, DeleteBlock(block=0)),
            RenameDocument(document_id=document_id, title=chance.choice(["Acme", "Initech", "Wombats"])),
            ArchiveDocument(document_id=document_id),
            RestoreDocument(document_id=document_id),
            DefineTerm(term_id=TermId(uuid7()), term=name, definition="It.", aliases=("clause",)),
            ChangeTerm(term_id=term_id, term=name + "s", definition="Them.", aliases=()),
            RetireTerm(term_id=term_id),
        ]
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_series_of_changes_equals_a_fresh_build(colophon: Colophon, acme: Tenant, seed: int) -> None:
    chance, execute = random.Random(seed), colophon.platform.executor.execute
    documents = [DocumentId(uuid7()) for _ in range(3)]
    for number, document_id in enumerate(documents):
        await execute(
            CreateDocument(document_id=document_id, title=f"Document {number}", markdown=chance.choice(PIECES)),
            acme.ana.command(),
        )
    terms = [TermId(uuid7())]
    await execute(DefineTerm(term_id=terms[0], term="Wombat clause", definition="A clause."), acme.ana.command())
    done = 0
    for _ in range(20):
        command = something(chance, documents, terms)
        try:
            receipt = await execute(command, acme.ana.command())
        except DomainError:
            continue
        done += 1
        if isinstance(command, DefineTerm):
            terms.append(command.term_id)
        if chance.random() < 0.3:
            await indexed(colophon, acme, receipt.position)
    assert done > 10
    await indexed(colophon, acme, await head(colophon, acme), with_vectors=True)
    live = await fingerprint(colophon, acme)
    await built_afresh(colophon, acme)
    assert await fingerprint(colophon, acme) == live


async def test_rebuilding_what_stands_changes_nothing(colophon: Colophon, acme: Tenant) -> None:
    execute = colophon.platform.executor.execute
    for piece in PIECES:
        await execute(CreateDocument(document_id=DocumentId(uuid7()), title="One", markdown=piece), acme.ana.command())
    await indexed(colophon, acme, await head(colophon, acme), with_vectors=True)
    live = await fingerprint(colophon, acme)
    assert not live.endswith(" of 0")
    await colophon.builder.rebuild(acme.tenant_id, KNOWLEDGE_MARKS)
    await indexed(colophon, acme, await head(colophon, acme), with_vectors=True)
    assert await fingerprint(colophon, acme) == live


async def test_chunk_ids_do_not_depend_on_how_a_text_came_to_be(colophon: Colophon, acme: Tenant) -> None:
    execute, document_id = colophon.platform.executor.execute, DocumentId(uuid7())
    query = text("SELECT chunk_id FROM read.knowledge_chunks ORDER BY ordinal")

    async def ids() -> list[Any]:
        await indexed(colophon, acme, await head(colophon, acme))
        async with colophon.platform.reads.as_app(acme.olga.context) as connection:
            return list((await connection.scalars(query)).all())

    await execute(
        CreateDocument(document_id=document_id, title="One", markdown="\n\n".join(PIECES)), acme.ana.command()
    )
    before = await ids()
    detour = (InsertBlock(at=0, markdown="# Above\n\nSomething else."), DeleteBlock(block=0), DeleteBlock(block=0))
    for operation in detour:
        await execute(EditDocument(document_id=document_id, operations=(operation,)), acme.ana.command())
    assert await ids() == before
    assert len(set(before)) == len(before) > 2


def edited(document_id: DocumentId, operation: EditOperation) -> EditDocument:
    return EditDocument(document_id=document_id, operations=(operation,))
