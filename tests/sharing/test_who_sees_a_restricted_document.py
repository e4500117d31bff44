"""A restricted document is for those it is shared with: nobody else finds it, on any surface."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from commands.settings.change_setting import ChangeSetting
from domain.settings.values import Scope
from projections.catalogue import DOCUMENT_HISTORY, DOCUMENT_LIBRARY
from tests.graphql.conftest import RENAME, ask, node_id  # noqa: F401  # a fixture among them
from tests.support.world import Person, Tenant, open_tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]
CANARY = "Nightingale"
EVERYWHERE = [
    ("GET", "/api/v1/documents/{id}", None),
    ("GET", "/api/v1/documents/{id}/content", None),
    ("GET", "/api/v1/documents/{id}/content?at=1", None),
    ("GET", "/api/v1/documents/{id}/revisions", None),
    ("GET", "/api/v1/documents/{id}/sharing", None),
    ("POST", "/api/v1/documents/{id}/collab-token", None),
    ("PUT", "/api/v1/documents/{id}/sharing", {"sharing": "tenant"}),
    ("POST", "/api/v1/documents/{id}/title", {"title": "Mine now"}),
    ("POST", "/api/v1/documents/{id}/edits", {"operations": [{"type": "append_markdown", "markdown": "x"}]}),
    ("POST", "/api/v1/documents/{id}/archival", None),
    ("DELETE", "/api/v1/documents/{id}/archival", None),
    ("DELETE", "/api/v1/documents/{id}", None),
]


async def share(
    client: AsyncClient, document_id: str, by: Person, *listed: tuple[Person, str], version: int | None = None
) -> int:
    people = [{"member_id": str(person.member_id), "access": access} for person, access in listed]
    answer = await client.put(
        f"/api/v1/documents/{document_id}/sharing",
        json={"sharing": "restricted", "people": people},
        headers=by.headers | ({} if version is None else {"If-Match": f'"{version}"'}),
    )
    assert answer.status_code == 200, answer.text
    position: int = answer.json()["receipt"]["position"]
    return position


@dataclass(frozen=True, slots=True)
class World:
    """Two tenants and a document of the first one's Ana, for nobody else: for tests that change nothing."""

    acme: Tenant
    globex: Tenant
    restricted: str


async def made_for_nobody_else(client: AsyncClient, colophon: Colophon, acme: Tenant) -> str:
    wanted = {"title": CANARY, "markdown": f"About {CANARY}."}
    made = await client.post("/api/v1/documents", json=wanted, headers=acme.ana.headers)
    document_id: str = made.json()["id"]
    position = await share(client, document_id, acme.ana)
    for projection in (DOCUMENT_LIBRARY, DOCUMENT_HISTORY):
        await colophon.platform.freshness.reached(projection, acme.ana.context, position)
    return document_id


@pytest.fixture(scope="module")
async def world(colophon: Colophon, web_app: FastAPI) -> World:
    acme, globex = await open_tenant(colophon), await open_tenant(colophon, "Globex")
    async with AsyncClient(transport=ASGITransport(web_app), base_url="http://test") as client:
        return World(acme, globex, await made_for_nobody_else(client, colophon, acme))


@pytest.fixture
async def restricted(client: AsyncClient, colophon: Colophon, acme: Tenant) -> str:
    """A document that the test may change."""
    return await made_for_nobody_else(client, colophon, acme)


@pytest.mark.parametrize(("method", "path", "body"), EVERYWHERE)
async def test_it_does_not_exist_for_anybody_else(
    client: AsyncClient, world: World, method: str, path: str, body: object
) -> None:
    answer = await client.request(method, path.format(id=world.restricted), json=body, headers=world.acme.adam.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "document.not_found")
    assert CANARY not in answer.text


@pytest.mark.parametrize(("method", "path", "body"), EVERYWHERE)
async def test_nor_for_another_tenant_or_for_nobody(
    client: AsyncClient, world: World, method: str, path: str, body: object
) -> None:
    theirs = await client.request(
        method, path.format(id=world.restricted), json=body, headers=world.globex.olga.headers
    )
    assert theirs.status_code == 404
    assert (await client.request(method, path.format(id=world.restricted), json=body)).status_code == 401


async def test_it_is_neither_listed_nor_counted(client: AsyncClient, world: World, ask: Ask) -> None:  # noqa: F811
    found = {}
    for name in ("ana", "olga", "adam", "vera", "otto"):
        headers = world.acme.people[name].headers
        listed = (await client.get("/api/v1/documents", headers=headers)).json()["items"]
        searched = (await client.get(f"/api/v1/documents?text={CANARY}", headers=headers)).json()["items"]
        graph = await ask(world.acme.people[name], "{ documents { totalCount nodes { title } } }")
        found[name] = (len(listed), len(searched), graph["data"]["documents"]["totalCount"])
    assert found == {"ana": (1, 1, 1), "olga": (1, 1, 1), "adam": (0, 0, 0), "vera": (0, 0, 0), "otto": (0, 0, 0)}


async def test_graphql_does_not_know_it(world: World, ask: Ask) -> None:  # noqa: F811
    id_, revision = node_id("Document", world.restricted), node_id("Revision", f"{world.restricted}/1")
    asked = "query($d: ID!, $r: ID!) { document(id: $d) { title } node(id: $d) { id } nodes(ids: [$d, $r]) { id } }"
    assert await ask(world.acme.adam, asked, d=id_, r=revision) == {
        "data": {"document": None, "node": None, "nodes": [None, None]}
    }
    (error,) = (await ask(world.acme.adam, RENAME, input={"id": id_, "title": "Mine"}))["data"]["documentRename"][
        "userErrors"
    ]
    assert error["problem"] == "document.not_found"


async def test_the_event_feed_tells_that_something_happened_but_not_to_which_document(
    client: AsyncClient, world: World
) -> None:
    async def streams(person: Person) -> set[str | None]:
        events = (await client.get("/api/v1/events?limit=100", headers=person.headers)).json()["items"]
        names = {"document.created.v1", "document.shared.v1", "edits.recorded.v1"}
        return {e["stream_id"] for e in events if e["name"] in names}

    assert await streams(world.acme.otto) == {None}
    assert world.restricted in await streams(world.acme.olga)


async def test_the_owners_of_the_tenant_can_read_it(client: AsyncClient, world: World) -> None:
    content = await client.get(f"/api/v1/documents/{world.restricted}/content", headers=world.acme.olga.headers)
    assert CANARY in content.text


@pytest.mark.parametrize(
    ("access", "can"),
    [
        ("read", ["document:comment", "document:read", "document:share"]),
        ("suggest", ["document:comment", "document:read", "document:share", "document:suggest"]),
        (
            "write",
            [
                "document:archive",
                "document:comment",
                "document:read",
                "document:share",
                "document:suggest",
                "document:write",
            ],
        ),
    ],
)
async def test_people_on_the_list_may_do_what_it_says(
    client: AsyncClient, acme: Tenant, restricted: str, access: str, can: list[str]
) -> None:
    await share(client, restricted, acme.ana, (acme.adam, access))
    seen = await client.get(f"/api/v1/documents/{restricted}", headers=acme.adam.headers)
    assert seen.json()["viewer_can"] == can
    renamed = await client.post(
        f"/api/v1/documents/{restricted}/title", json={"title": "Other"}, headers=acme.adam.headers
    )
    refusal = (403, "document.access_missing")
    assert (renamed.status_code, renamed.json().get("code")) == ((200, None) if access == "write" else refusal)


async def test_a_viewer_who_is_listed_with_write_still_changes_nothing(
    client: AsyncClient, acme: Tenant, restricted: str
) -> None:
    await share(client, restricted, acme.ana, (acme.vera, "write"))
    seen = await client.get(f"/api/v1/documents/{restricted}", headers=acme.vera.headers)
    assert seen.json()["viewer_can"] == ["document:comment", "document:read", "document:suggest"]
    token = await client.post(f"/api/v1/documents/{restricted}/collab-token", headers=acme.vera.headers)
    assert token.json()["read_only"]
    renamed = await client.post(f"/api/v1/documents/{restricted}/title", json={"title": "x"}, headers=acme.vera.headers)
    assert (renamed.status_code, renamed.json()["code"]) == (403, "permission.missing")


async def test_whoever_is_listed_does_not_share_it_further(client: AsyncClient, acme: Tenant, restricted: str) -> None:
    await share(client, restricted, acme.ana, (acme.adam, "write"))
    opened = await client.put(
        f"/api/v1/documents/{restricted}/sharing", json={"sharing": "tenant"}, headers=acme.adam.headers
    )
    assert (opened.status_code, opened.json()["code"]) == (403, "document.not_yours_to_share")


async def test_it_can_be_opened_again_for_everybody(client: AsyncClient, acme: Tenant, restricted: str) -> None:
    opened = await client.put(
        f"/api/v1/documents/{restricted}/sharing", json={"sharing": "tenant"}, headers=acme.olga.headers
    )
    assert opened.status_code == 200
    content = await client.get(f"/api/v1/documents/{restricted}/content", headers=acme.vera.headers)
    assert CANARY in content.text


async def test_two_who_share_it_at_once_do_not_overwrite_each_other(client: AsyncClient, world: World) -> None:
    def put(person: Person) -> Awaitable[Any]:
        return client.put(
            f"/api/v1/documents/{world.restricted}/sharing",
            json={"sharing": "restricted", "people": [{"member_id": str(world.acme.vera.member_id), "access": "read"}]},
            headers=person.headers | {"If-Match": '"0"'},
        )

    answers = await asyncio.gather(put(world.acme.ana), put(world.acme.olga))
    assert {(a.status_code, a.json()["code"], a.json()["current_version"]) for a in answers} == {
        (409, "stream.version_conflict", 1)
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sharing": "public"}, 422),
        ({"sharing": "tenant", "people": [{"member_id": "{vera}", "access": "read"}]}, 422),
        ({"sharing": "restricted", "people": [{"member_id": "{vera}", "access": "read"}] * 2}, 422),
        ({"sharing": "restricted", "people": [{"member_id": "{vera}", "access": "own"}]}, 422),
        ({"sharing": "restricted", "people": [{"member_id": "{mallory}", "access": "read"}]}, 404),
        ({"sharing": "restricted", "people": [{"member_id": "{document}", "access": "read"}]}, 404),
    ],
)
async def test_a_list_that_cannot_be_is_refused(
    client: AsyncClient, world: World, body: dict[str, Any], status: int
) -> None:
    ids = {"{vera}": world.acme.vera.member_id, "{mallory}": world.globex.ana.member_id, "{document}": world.restricted}
    people = [{**p, "member_id": str(ids[p["member_id"]])} for p in body.get("people", [])]
    answer = await client.put(
        f"/api/v1/documents/{world.restricted}/sharing", json={**body, "people": people}, headers=world.acme.ana.headers
    )
    assert answer.status_code == status, answer.text


async def test_where_the_tenant_says_so_a_new_document_is_its_authors_alone(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    setting = ChangeSetting(key="documents.default_sharing", scope=Scope.TENANT, value="restricted")
    await colophon.platform.executor.execute(setting, acme.adam.command())
    made = await client.post("/api/v1/documents", json={"title": CANARY}, headers=acme.ana.headers)
    path = f"/api/v1/documents/{made.json()['id']}/content"
    seen = [(await client.get(path, headers=p.headers)).status_code for p in (acme.ana, acme.olga, acme.adam)]
    assert seen == [200, 200, 404]
