"""Two people in one document: what one types the other sees, and an echo means durable."""

import asyncio
import json
from typing import Any

from httpx import AsyncClient
from pycrdt import Doc
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CreateDocument
from commands.document.edit_document import EditDocument
from commands.document.rename_document import RenameDocument
from domain.document.body import BodyKind, ContentFormat
from domain.document.operations import AppendText
from domain.ids import DocumentId, edits_stream
from tests.live.yjs_client import connected
from tests.support.world import Tenant


async def a_plain_document(colophon: Colophon, tenant: Tenant, text: str = "") -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Notes", body=BodyKind.PLAIN, text=text or None)
    await colophon.platform.executor.execute(command, tenant.ana.command())
    return document_id


async def stored_text(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> str:
    body = await colophon.platform.body_states.load(document_id, tenant.ana.context)
    return colophon.platform.bodies.render(BodyKind.PLAIN, body.state, ContentFormat.TEXT)


async def test_what_one_types_the_other_sees(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "Agenda: ")
    async with (
        connected(server_url, document_id, acme.ana.api_key) as ana,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        await asyncio.gather(ana.until(lambda: ana.synced), olga.until(lambda: olga.synced))
        ana.type("budget")
        await olga.until(lambda: str(olga.text) == "Agenda: budget")
        olga.type(", hiring")
        await ana.until(lambda: str(ana.text) == "Agenda: budget, hiring")


async def test_an_echo_means_that_the_edit_is_in_the_log(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("durable")
        await ana.acknowledged()
        assert await stored_text(colophon, acme, document_id) == "durable"


async def test_what_was_typed_offline_arrives_at_the_next_connection(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    async with connected(server_url, document_id, acme.ana.api_key, doc=doc) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("online ")
        await ana.acknowledged()
    ana.type("offline")
    async with connected(server_url, document_id, acme.ana.api_key, doc=doc) as ana:
        await ana.until(lambda: ana.synced)
        async with connected(server_url, document_id, acme.olga.api_key) as olga:
            await olga.until(lambda: str(olga.text) == "online offline")


async def test_reconnecting_with_nothing_new_writes_nothing(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    async with connected(server_url, document_id, acme.ana.api_key, doc=doc) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("abc")
        del ana.text[1:2]
        await ana.acknowledged()
    before = await versions(colophon, acme, document_id)
    async with connected(server_url, document_id, acme.ana.api_key, doc=doc) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("d")
        await ana.acknowledged()
    assert await versions(colophon, acme, document_id) == before + 1


async def versions(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> int:
    stream = edits_stream(document_id)
    return (await colophon.platform.log.versions_of([stream], tenant.ana.context))[stream]


async def test_many_people_typing_at_once_end_with_the_same_text(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)

    async def types(number: int) -> str:
        async with connected(server_url, document_id, acme.ana.api_key) as client:
            await client.until(lambda: client.synced)
            for word in range(20):
                client.type(f"{number}.{word} ")
                await asyncio.sleep(0)
            await client.acknowledged()
            await client.until(lambda: len(str(client.text).split()) == 100)
            return str(client.text)

    texts = await asyncio.gather(*(types(number) for number in range(5)))
    assert len(set(texts)) == 1
    assert await stored_text(colophon, acme, document_id) == texts[0]


async def test_an_edit_over_rest_reaches_open_documents(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "A")
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        command = EditDocument(document_id=document_id, operations=(AppendText(text="B"),))
        await colophon.platform.executor.execute(command, acme.olga.command())
        await ana.until(lambda: str(ana.text) == "AB")
        ana.type("C")
        await ana.acknowledged()
    assert await stored_text(colophon, acme, document_id) == "ABC"


async def test_a_rename_meanwhile_loses_no_edit(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        for number in range(5):
            ana.type(f"{number}")
            command = RenameDocument(document_id=document_id, title=f"Title {number}")
            await colophon.platform.executor.execute(command, acme.olga.command())
        await ana.acknowledged()
    assert await stored_text(colophon, acme, document_id) == "01234"


async def test_archiving_ends_open_connections_and_refuses_new_ones(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.olga.command())
        assert await ana.closed() == 4409
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        assert await ana.closed() == 4409


async def test_people_see_each_other_come_and_go(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    state = json.dumps({"user": {"name": "Ana", "color": "#226699"}})
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        async with connected(server_url, document_id, acme.ana.api_key) as ana:
            ana.announce(1, state)
            await olga.until(lambda: '"color":"#226699"' in (olga.present.get(ana.doc.client_id) or ""))
            # The sender hears itself: silence would look like a broken line to it.
            await ana.until(lambda: ana.doc.client_id in ana.present)
        await olga.until(lambda: olga.present.get(ana.doc.client_id, state) is None)


async def test_a_newcomer_sees_who_is_there(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        ana.announce(1, '{"user":{"name":"Ana"}}')
        await ana.until(lambda: ana.doc.client_id in ana.present)
        async with connected(server_url, document_id, acme.vera.api_key) as vera:
            await vera.until(lambda: ana.doc.client_id in vera.present)


async def test_a_room_read_again_from_the_log_is_the_same(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("Zwölf Boxkämpfer 𝄞 ")
        del ana.text[0:6]
        await ana.acknowledged()
        content = await client.get(f"/api/v1/documents/{document_id}/content?format=text", headers=acme.vera.headers)
        assert content.text == str(ana.text)
