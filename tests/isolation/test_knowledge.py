"""What a tenant or a restricted document says reaches nobody else: in search, entities, graph, vectors, folders."""

from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.bootstrap import Colophon
from tests.support.knowing import indexed, searched, written
from tests.support.world import Tenant

SAME = "# Contract\n\nAna Smith is the CEO of Initech in Berlin. The word is {canary}."
ROUTES = ("/api/v1/search?q=x", "/api/v1/entities", f"/api/v1/entities/{'0' * 8}-{'0' * 4}-4000-8000-{'0' * 12}",
          f"/api/v1/graph?entity={'0' * 8}-{'0' * 4}-4000-8000-{'0' * 12}", "/api/v1/terms")  # fmt: skip


@pytest.fixture
async def canaries(client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant) -> dict[str, str]:
    """Two tenants with the same document, but for one word."""
    words = {"acme": "acanaryword", "globex": "gcanaryword"}
    for tenant, word in ((acme, words["acme"]), (globex, words["globex"])):
        _, position = await written(client, tenant.ana, SAME.format(canary=word), "Contract")
        await indexed(colophon, tenant, position, with_vectors=True)
    return words


@pytest.mark.parametrize("route", ROUTES)
async def test_nobody_is_told_nothing(client: AsyncClient, route: str) -> None:
    assert (await client.get(route)).status_code == 401


@pytest.mark.parametrize("mode", ["lexical", "semantic", "graph", "hybrid"])
async def test_no_way_of_looking_crosses_tenants(
    client: AsyncClient, acme: Tenant, globex: Tenant, canaries: dict[str, str], mode: str
) -> None:
    for question in ("Who is the CEO of Initech?", canaries["globex"], "contract", "the word is"):
        assert canaries["globex"] not in str(await searched(client, acme.olga, question, mode))
        assert canaries["acme"] not in str(await searched(client, globex.olga, question, mode))


async def test_entities_of_the_same_name_are_two(
    client: AsyncClient, acme: Tenant, globex: Tenant, canaries: dict[str, str]
) -> None:
    async def entity(tenant: Tenant) -> str:
        answer = await client.get("/api/v1/entities", params={"text": "initech"}, headers=tenant.olga.headers)
        (only,) = answer.json()["items"]
        return str(only["id"])

    own, other = await entity(acme), await entity(globex)
    assert own != other
    for route in (f"/api/v1/entities/{other}", f"/api/v1/graph?entity={other}"):
        answer = await client.get(route, headers=acme.olga.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "entity.not_found")
    assert canaries["globex"] not in (await client.get(f"/api/v1/entities/{own}", headers=acme.olga.headers)).text


async def test_another_tenants_term_is_not_found(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    body = {"term": "Wombat", "definition": "A marsupial."}
    made = await client.post("/api/v1/terms", json=body, headers=globex.ana.headers)
    assert made.status_code == 201
    path = f"/api/v1/terms/{made.json()['id']}"
    answers = [
        await client.get(path, headers=acme.ana.headers),
        await client.put(path, json=body, headers=acme.ana.headers),
        await client.delete(path, headers=acme.ana.headers),
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "term.not_found")] * 3
    # The same name is free in every tenant.
    assert (await client.post("/api/v1/terms", json=body, headers=acme.ana.headers)).status_code == 201


async def test_a_document_shared_with_some_is_in_nobody_elses_answers_nor_counts(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id, _ = await written(client, acme.olga, "Zorblax Industries pays the secretword bonus.", "Bonus")
    sharing = {"sharing": "restricted", "people": []}
    answer = await client.put(f"/api/v1/documents/{document_id}/sharing", json=sharing, headers=acme.olga.headers)
    assert answer.status_code == 200, answer.text
    await indexed(colophon, acme, answer.json()["receipt"]["position"], with_vectors=True)
    for mode in ("lexical", "semantic", "graph", "hybrid"):
        assert await searched(client, acme.vera, "secretword bonus of Zorblax Industries", mode) == []
        assert len(await searched(client, acme.olga, "secretword bonus of Zorblax Industries", mode)) == 1
    own = await client.get("/api/v1/entities", params={"text": "zorblax"}, headers=acme.olga.headers)
    (entity,) = own.json()["items"]
    listed = await client.get("/api/v1/entities", params={"text": "zorblax"}, headers=acme.vera.headers)
    assert listed.json()["items"] == []
    for route in (f"/api/v1/entities/{entity['id']}", f"/api/v1/graph?entity={entity['id']}"):
        assert (await client.get(route, headers=acme.vera.headers)).status_code == 404
    knowledge = colophon.platform.knowledge
    asked = await knowledge.about("secretword bonus", acme.vera.context, passages_max=8, tokens_max=1_000)
    assert list(asked) == []


async def test_the_search_function_takes_the_tenant_from_the_signed_context_alone(
    colophon: Colophon, acme: Tenant, globex: Tenant, canaries: dict[str, str]
) -> None:
    del globex
    query = text("SELECT chunk_id FROM read.search_passages(ARRAY[:word], '{}', 10)")
    async with colophon.platform.reads.as_app(acme.olga.context) as connection:
        assert len((await connection.execute(query, {"word": canaries["acme"]})).all()) == 1
        assert (await connection.execute(query, {"word": canaries["globex"]})).all() == []
        await connection.execute(text("SELECT set_config('colophon.context', '', true)"))
        assert (await connection.execute(query, {"word": canaries["acme"]})).all() == []


async def test_each_tenants_vectors_have_a_folder_of_their_own(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant, canaries: dict[str, str]
) -> None:
    for tenant in (acme, globex):
        assert await searched(client, tenant.olga, canaries["acme"], "semantic")
    folder: Path = colophon._foundation.installation.data_dir / "vectors"
    names = folders_in(folder)
    assert {str(acme.tenant_id), str(globex.tenant_id)} <= names
    vectors: Any = colophon.known.vectors
    asked = (await colophon.known.embedder.embed(["Who is the CEO of Initech?"]))[0]
    own = await vectors.search(acme.tenant_id, asked, hidden=frozenset(), first=100)
    others = await vectors.search(globex.tenant_id, asked, hidden=frozenset(), first=100)
    assert own
    assert others
    assert {id_ for id_, _ in own}.isdisjoint({id_ for id_, _ in others})


def folders_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*/*") if path.is_dir()}
