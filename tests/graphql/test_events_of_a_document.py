"""The subscription documentEvents: everything that happens, once, in order, for as long as one may see it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.directory.revoke_api_key import RevokeApiKey
from commands.document.archive_document import ArchiveDocument
from commands.document.rename_document import RenameDocument
from commands.document.restore_document import RestoreDocument
from domain.ids import DocumentId
from tests.graphql.conftest import node_id, sign_in, uuid_of
from tests.graphql.sockets import socket_to
from tests.support.world import Person, Tenant

Create = Callable[..., Awaitable[str]]

EVENTS = """
subscription Events($id: ID!, $after: Int) {
  documentEvents(documentId: $id, afterSeq: $after) {
    seq kind at
    actor { __typename ... on Member { displayName } }
    document { id title version }
  }
}
"""


@pytest.fixture
def rename(colophon: Colophon) -> Callable[[Person, str, str], Awaitable[int]]:
    async def rename(person: Person, id_: str, title: str) -> int:
        command = RenameDocument(document_id=DocumentId(uuid_of(id_)), title=title)
        return (await colophon.platform.executor.execute(command, person.command())).position

    return rename


Rename = Callable[[Person, str, str], Awaitable[int]]


async def test_what_happened_is_replayed_in_order(
    server_url: str, create_as_member: Create, rename: Rename, colophon: Colophon, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana, "A", markdown="Hello")
    await rename(acme.adam, id_, "B")
    for command in (ArchiveDocument, RestoreDocument):
        await colophon.platform.executor.execute(command(document_id=DocumentId(uuid_of(id_))), acme.olga.command())
    # when
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=id_, after=0)
        events = await socket.events(5)
    # then
    assert [(e["kind"], e["actor"]["displayName"]) for e in events] == [
        ("CREATED", "Ana"),
        ("UPDATED", "Ana"),
        ("RENAMED", "Adam"),
        ("ARCHIVED", "Olga"),
        ("RESTORED", "Olga"),
    ]
    assert [e["seq"] for e in events] == sorted({e["seq"] for e in events})
    assert events[-1]["document"] == {"id": id_, "title": "B", "version": 4}


async def test_what_happens_comes_as_it_happens(
    server_url: str, create_as_member: Create, rename: Rename, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana, "A")
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=id_, after=0)
        await socket.events(1)
        # when
        position = await rename(acme.ana, id_, "B")
        (event,) = await socket.events(1)
    # then
    assert (event["seq"], event["kind"], event["document"]["title"]) == (position, "RENAMED", "B")


async def test_nothing_is_missed_or_doubled_between_replay_and_live(
    server_url: str, create_as_member: Create, rename: Rename, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana, "0")
    before = [await rename(acme.ana, id_, f"before {n}") for n in range(10)]

    async def write() -> list[int]:
        return [await rename(acme.ana, id_, f"meanwhile {n}") for n in range(30)]

    # when
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        writing = asyncio.create_task(write())
        await socket.subscribe(EVENTS, id=id_, after=before[4])
        events = await socket.events(35)
        meanwhile = await writing
    # then
    assert [e["seq"] for e in events] == [*before[5:], *meanwhile]


async def test_only_the_documents_own_events_come(
    server_url: str, create_as_member: Create, rename: Rename, acme: Tenant
) -> None:
    # given
    mine, other = await create_as_member(acme.ana, "Mine"), await create_as_member(acme.ana, "Other")
    await rename(acme.ana, other, "Other 2")
    last = await rename(acme.ana, mine, "Mine 2")
    # when
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=mine, after=0)
        events = await socket.events(2)
    # then
    assert [e["document"]["id"] for e in events] == [mine, mine]
    assert events[-1]["seq"] == last


async def test_another_tenants_document_has_no_events(
    server_url: str, create: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    theirs = await create(globex.ana)
    async with socket_to(server_url, acme.olga.headers) as socket:
        await socket.initialise()
        # when
        answers = []
        for n, id_ in enumerate((theirs, node_id("Document", uuid7()), "nonsense")):
            await socket.subscribe(EVENTS, str(n), id=id_)
            answers.append(await socket.received())
    # then
    assert [(a["type"], a["id"], a["payload"][0]["extensions"]["code"]) for a in answers] == [
        ("error", str(n), "NOT_FOUND") for n in range(3)
    ]


async def test_a_revoked_key_is_closed_with_4401_though_nothing_happens(
    server_url: str, create_as_member: Create, colophon: Colophon, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=id_, after=0)
        await socket.events(1)
        # when
        await colophon.platform.executor.execute(RevokeApiKey(key_id=acme.vera.key_id), acme.operator)
        # then
        assert await socket.closed() == 4401


async def test_whoever_signs_out_hears_no_more(
    server_url: str, client: AsyncClient, create_as_member: Create, colophon: Colophon, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    token = await sign_in(colophon, client, acme, acme.vera)
    cookie = {"Cookie": f"colophon_session={client.cookies['colophon_session']}"}
    async with socket_to(server_url, cookie) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=id_, after=0)
        await socket.events(1)
        # when
        await client.delete("/api/v1/session", headers=token)
        # then
        assert await socket.closed() == 4401


async def test_a_completed_subscription_is_silent_and_its_id_is_free(
    server_url: str, create_as_member: Create, rename: Rename, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, "same", id=id_, after=0)
        await socket.events(1)
        # when
        await socket.send({"type": "complete", "id": "same"})
        position = await rename(acme.ana, id_, "B")
        await socket.subscribe(EVENTS, "same", id=id_, after=position - 1)
        (event,) = await socket.events(1)
    # then
    assert event["seq"] == position


async def test_what_is_said_about_it_comes_too(
    server_url: str, client: AsyncClient, create_as_member: Create, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana, "A", markdown="Hello")
    events = "subscription($id: ID!) { documentEvents(documentId: $id) { kind comment { body resolvedAt } } }"
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe(events, id=id_)
        # when
        url = f"/api/v1/documents/{uuid_of(id_)}/comments"
        made = await client.post(url, json={"body": "Why?"}, headers=acme.ana.headers)
        one = f"/api/v1/comments/{made.json()['comment_id']}"
        await client.put(one, json={"body": "Why so?"}, headers=acme.ana.headers)
        await client.post(f"{one}/resolution", headers=acme.ana.headers)
        told = await socket.events(3)
    # then
    assert [event["kind"] for event in told] == ["COMMENTED", "COMMENT_EDITED", "COMMENT_RESOLVED"]
    assert told[1]["comment"]["body"] == "Why so?"
    assert told[2]["comment"]["resolvedAt"] is not None


async def test_what_is_named_and_taken_back_comes_too(
    server_url: str, client: AsyncClient, create_as_member: Create, acme: Tenant
) -> None:
    # given
    id_ = await create_as_member(acme.ana, "A", markdown="Hello")
    url = f"/api/v1/documents/{uuid_of(id_)}"
    async with socket_to(server_url, acme.vera.headers) as socket:
        await socket.initialise()
        await socket.subscribe("subscription($id: ID!) { documentEvents(documentId: $id) { kind } }", id=id_)
        # when
        operations = [{"type": "append_markdown", "markdown": "More"}]
        await client.post(f"{url}/edits", json={"operations": operations}, headers=acme.ana.headers)
        await client.post(f"{url}/undo", headers=acme.ana.headers)
        named = await client.post(f"{url}/versions", json={"label": "First"}, headers=acme.ana.headers)
        await client.delete(f"{url}/versions/{named.json()['version']['id']}", headers=acme.ana.headers)
        told = await socket.events(5)
    # then
    assert [event["kind"] for event in told] == ["UPDATED", "REVERSED", "UPDATED", "VERSION_NAMED", "VERSION_REMOVED"]
