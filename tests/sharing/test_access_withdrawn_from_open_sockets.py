"""Whoever has a document open loses it, or the right to write in it, when access is withdrawn; nobody else does."""

import asyncio

from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.document.share_document import ShareDocument
from domain.document.sharing import Access, Sharing
from domain.ids import DocumentId
from tests.graphql.conftest import node_id
from tests.graphql.sockets import socket_to
from tests.graphql.test_events_of_a_document import EVENTS
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.world import Person, Tenant

SOON_SECONDS = 20.0


async def restrict(colophon: Colophon, tenant: Tenant, document_id: DocumentId, *people: tuple[Person, Access]) -> None:
    listed = tuple((person.member_id, access) for person, access in people)
    command = ShareDocument(document_id=document_id, sharing=Sharing.RESTRICTED, people=listed)
    await colophon.platform.executor.execute(command, tenant.ana.command())


async def test_a_restricted_document_cannot_be_opened(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "Secret")
    await restrict(colophon, acme, document_id)
    async with connected(server_url, document_id, acme.adam.api_key) as adam:
        assert await adam.closed() == 4404
        assert str(adam.text) == ""


async def test_whoever_loses_access_loses_the_open_document(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    async with (
        connected(server_url, document_id, acme.adam.api_key) as adam,
        connected(server_url, document_id, acme.ana.api_key) as ana,
    ):
        await asyncio.gather(adam.until(lambda: adam.synced), ana.until(lambda: ana.synced))
        # when
        await restrict(colophon, acme, document_id)
        # then
        async with asyncio.timeout(SOON_SECONDS):
            assert await adam.closed() == 4404
        ana.type(" no more")
        await ana.acknowledged()
    assert await stored_text(colophon, acme, document_id) == "Shared no more"


async def test_whoever_may_only_read_any_more_stays_and_writes_nothing(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    async with (
        connected(server_url, document_id, acme.adam.api_key) as adam,
        connected(server_url, document_id, acme.ana.api_key) as ana,
    ):
        await asyncio.gather(adam.until(lambda: adam.synced), ana.until(lambda: ana.synced))
        # when
        await restrict(colophon, acme, document_id, (acme.adam, Access.READ))
        adam.type(" and mine")
        ana.type(" for reading")
        # then
        await ana.acknowledged()
        await adam.until(lambda: " for reading" in str(adam.text))
    assert await stored_text(colophon, acme, document_id) == "Shared for reading"


async def test_a_token_for_a_live_session_opens_nothing_any_more(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    issued = await client.post(f"/api/v1/documents/{document_id}/collab-token", headers=acme.adam.headers)
    await restrict(colophon, acme, document_id)
    async with connected(server_url, document_id, issued.json()["token"]) as adam:
        assert await adam.closed() == 4404


async def test_a_subscription_ends_when_access_is_withdrawn(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    async with socket_to(server_url, acme.adam.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=node_id("Document", document_id), after=0)
        await socket.events(2)
        await restrict(colophon, acme, document_id)
        async with asyncio.timeout(SOON_SECONDS):
            end = [await socket.received(), await socket.received()]
    assert [message["type"] for message in end] == ["next", "complete"]
    assert end[0]["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
