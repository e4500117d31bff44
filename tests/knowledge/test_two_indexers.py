"""Two indexers on one document: the quicker one counts, the other one's plan is dropped whole."""

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.ids import DocumentId
from gateway.passages import Passage
from infra.knowledge.tables import PostgresKnowledge
from knowledge.own_work import as_indexer
from knowledge.ports import IndexMoved, Mark
from tests.support.knowing import indexed, searched, written
from tests.support.world import Tenant


async def test_a_plan_for_what_has_moved_meanwhile_is_refused(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    written_id, position = await written(client, acme.ana, "The wombat digs.", "Wombat")
    await indexed(colophon, acme, position)
    tables = PostgresKnowledge(colophon._foundation.databases, colophon.feed.as_projector)
    document_id = DocumentId(next(p.document_id for p in await _found(colophon, acme)))
    assert str(document_id) == written_id
    standing = await tables.standing(acme.tenant_id, document_id)
    reader, lexicon = colophon.known.indexer._reader, await tables.lexicon(acme.tenant_id)
    mark = Mark(document_id=document_id, title="Wombat", body="rich", status="draft", wanted=position)
    plan = await reader.plan(as_indexer(acme.tenant_id), mark, lexicon, standing)
    answer = await client.post(
        f"/api/v1/documents/{document_id}/edits",
        json={"operations": [{"type": "replace_block", "block": 0, "markdown": "The badger digs."}]},
        headers=acme.ana.headers,
    )
    await indexed(colophon, acme, answer.json()["receipt"]["position"])
    with pytest.raises(IndexMoved):
        await tables.write(acme.tenant_id, plan, standing, colophon.known.embedder.model_id)
    with pytest.raises(IndexMoved):
        await tables.write(acme.tenant_id, plan, None, colophon.known.embedder.model_id)
    assert await searched(client, acme.vera, "wombat digs", "lexical") != []
    assert "badger" in str(await searched(client, acme.vera, "digs", "lexical"))


async def _found(colophon: Colophon, acme: Tenant) -> list[Passage]:
    return list(await colophon.platform.knowledge.search("wombat", acme.vera.context))
