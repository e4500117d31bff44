"""Entities, relations and their graph come with what is written and go with it; each says where it stands."""

import json
from pathlib import Path

import spacy
from httpx import AsyncClient
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from domain.document.body import BodyKind, ContentFormat
from domain.ids import TenantId
from infra.body.bodies import PycrdtBodies
from infra.knowledge.spacy_text import SpacyText
from knowledge.blocks import of_prosemirror
from knowledge.entities import Lexicon
from tests.evidence.erasing import erased
from tests.support.knowing import indexed, searched, written
from tests.support.world import Tenant

DEAL = """# Deal

Acme Inc. was founded by Ana Smith in March 2019. Ana Smith is the CEO of Acme Inc. in Berlin. Invoice
INV-2024-001 is open.

## Prices

| Item | Price |
|---|---|
| Pump | € 200 |
"""


async def test_an_entity_is_read_with_mentions_relations_and_graph(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id, position = await written(client, acme.ana, DEAL, "Deal")
    await indexed(colophon, acme, position)
    listed = await client.get("/api/v1/entities", params={"limit": 100}, headers=acme.vera.headers)
    by_name = {one["name"]: one for one in listed.json()["items"]}
    kinds = {name: one["kind"] for name, one in by_name.items()}
    assert kinds["Acme Inc."] == "organisation"
    assert kinds["INV-2024-001"] == "code"
    assert kinds["March 2019"] == "date"
    ana = by_name["Ana Smith"]
    assert ana["mentions"] == 2
    page = (await client.get(f"/api/v1/entities/{ana['id']}", headers=acme.vera.headers)).json()
    said = {(r["predicate"], r["object"]["name"], r["direction"]) for r in page["relations"]}
    assert said == {("founded", "Acme Inc.", "out"), ("ceo of", "Acme Inc.", "out")}
    for citation in (*page["mentions"], *(e for r in page["relations"] for e in r["evidence"])):
        assert citation["document_id"] == document_id
        assert [citation["text"][a:b] for a, b in citation["highlights"]]
    pump = (await client.get(f"/api/v1/entities/{by_name['Pump']['id']}", headers=acme.vera.headers)).json()
    assert [(r["predicate"], r["object"]["name"]) for r in pump["relations"]] == [("price", "€ 200")]
    around = await client.get("/api/v1/graph", params={"entity": ana["id"], "hops": 2}, headers=acme.vera.headers)
    assert {"Ana Smith", "Acme Inc."} <= {node["name"] for node in around.json()["nodes"]}
    assert len(around.json()["edges"]) >= 2


async def test_an_entity_goes_with_its_last_mention(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id, _ = await written(client, acme.ana, "We met Zorblax Industries.\n\nAnd went home.")
    edit = {"operations": [{"type": "delete_block", "block": 0}]}
    answer = await client.post(f"/api/v1/documents/{document_id}/edits", json=edit, headers=acme.ana.headers)
    await indexed(colophon, acme, answer.json()["receipt"]["position"])
    listed = await client.get("/api/v1/entities", params={"text": "zorblax"}, headers=acme.vera.headers)
    assert listed.json()["items"] == []


async def test_search_and_entities_over_graphql(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    _, position = await written(client, acme.ana, DEAL, "Deal")
    await indexed(colophon, acme, position)
    query = """{
      search(query: "Who founded Acme?", mode: LEXICAL, first: 1) { quote score document { title } foundBy }
      entities(text: "ana smith") { nodes { name relations { nodes { predicate object { name } } } } }
    }"""
    data = (await client.post("/graphql", json={"query": query}, headers=acme.vera.headers)).json()["data"]
    assert data["search"][0]["document"]["title"] == "Deal"
    (entity,) = data["entities"]["nodes"]
    assert {relation["predicate"] for relation in entity["relations"]["nodes"]} == {"founded", "ceo of"}


async def test_nothing_of_an_erased_document_is_left(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id, position = await written(client, acme.ana, "The zorblax is secret.", "Zorblax")
    await indexed(colophon, acme, position, with_vectors=True)
    assert await searched(client, acme.olga, "zorblax")
    await erased(client, acme.olga, document_id=document_id)
    head = await colophon.platform.log.head(acme.olga.context)
    await indexed(colophon, acme, head, with_vectors=True)
    assert await searched(client, acme.olga, "zorblax") == []
    async with colophon.platform.reads.as_app(acme.olga.context) as connection:
        for table in ("chunks", "mentions", "evidence", "embeddings", "titles", "vector_changes"):
            count = text(f"SELECT count(*) FROM read.knowledge_{table}")
            assert (await connection.execute(count)).scalar_one() == 0, table
        kept = (await connection.execute(text("SELECT title FROM read.knowledge_documents"))).scalar_one()
    assert kept == ""


def test_tokens_are_those_of_spacys_blank_pipeline() -> None:
    words = "Dr. Smith's $1,234.50 (due 3/4/2025) don't visit https://a.b/c?d=e, foo@bar.com. 10km e.g. — “so”\n\n x"
    lexicon = Lexicon(tenant_id=TenantId(uuid7()), position=0, terms=())
    tokens, _ = SpacyText().analyse(words, lexicon)
    assert [token.text for token in tokens] == [t.text for t in spacy.blank("en")(words) if not t.is_space]
    assert all(words[token.start : token.end] == token.text for token in tokens)


def test_blocks_stand_where_the_plain_text_says() -> None:
    rendered = (Path(__file__).parents[1] / "body" / "tiptap_document.json").read_text()
    bodies = PycrdtBodies()

    state = bodies.seed(BodyKind.RICH, prosemirror=json.loads(rendered)["json"], client_id=1)
    document = of_prosemirror(bodies.render(BodyKind.RICH, state, ContentFormat.JSON))
    assert document.text == bodies.render(BodyKind.RICH, state, ContentFormat.TEXT)
    assert len(document.blocks) > 5
    for block in document.blocks:
        for row in block.rows:
            assert all(block.start <= cell.start <= cell.end <= block.end for cell in row)
