"""Hocuspocus: one status for each answer and each update, 1 when it is in the log and 0 when it was refused."""

from typing import Any

from pycrdt import Doc, Text

from app.bootstrap import Colophon
from commands.document.share_document import ShareDocument
from domain.document.sharing import Access, Sharing
from domain.ids import DocumentId
from domain.yjs import protocol
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text, versions
from tests.live.yjs_client import connected
from tests.support.world import Tenant

NOTHING = b"\0\0"


def typed(text: str) -> bytes:
    doc: Doc[Any] = Doc()
    doc.get("content", type=Text).insert(0, text)
    return doc.get_update()


async def test_an_update_is_in_the_log_when_its_status_comes(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        ana.type("durable")
        await ana.until(lambda: ana.statuses == [1, 1])
        assert await stored_text(colophon, acme, document_id) == "durable"


async def test_each_update_of_a_burst_has_a_status_of_its_own(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        for number in range(300):
            ana.type(f"{number} ")
        await ana.until(lambda: len(ana.statuses) == 301)
        assert set(ana.statuses) == {1}
        assert ana.received == []  # who counts needs no echo
    assert await stored_text(colophon, acme, document_id) == "".join(f"{number} " for number in range(300))


async def test_what_is_sent_twice_is_acknowledged_twice_and_written_once(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "1")
    before = await versions(colophon, acme, document_id)
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        update = typed("2")
        for _ in range(3):
            ana.update(update)
        ana.answer(update)
        ana.answer(NOTHING)
        await ana.until(lambda: len(ana.statuses) == 6)
        assert set(ana.statuses) == {1}
    assert await versions(colophon, acme, document_id) == before + 1
    assert sorted(await stored_text(colophon, acme, document_id)) == ["1", "2"]


async def test_a_readers_answer_without_news_is_fine_and_everything_else_is_refused(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    before = await versions(colophon, acme, document_id)
    async with hocuspocus_socket(server_url) as socket:
        vera = socket.document(document_id)
        await vera.begun(acme.vera.api_key)
        assert vera.statuses == [1]
        for body in (vera.doc.get_update(), typed("vandalised"), NOTHING):
            vera.answer(body)
        vera.update(typed("vandalised"))
        vera.update(typed("again"))
        await vera.until(lambda: len(vera.statuses) == 6)
        assert vera.statuses == [1, 1, 0, 1, 0, 0]
    assert await versions(colophon, acme, document_id) == before


async def test_what_was_typed_offline_is_in_the_answer(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "A")
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        ana.type("offline")
        # Sent before the token: the answer to the server's question holds it, and it is counted there.
        ana.update(ana.doc.get_update())
        await ana.begun(acme.ana.api_key)
        ana.type("!")
        await ana.until(lambda: len(ana.statuses) == 2)
        assert ana.statuses == [1, 1]
        text = str(ana.text)
    assert await stored_text(colophon, acme, document_id) == text
    assert sorted(text) == sorted("Aoffline!")


async def test_what_comes_before_the_answer_that_it_builds_on_is_acknowledged_with_it(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    text = doc.get("content", type=Text)
    text += "first "
    known = doc.get_state()
    text += "second"
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        ana.doc = doc
        ana.show(acme.ana.api_key)
        ana.send(protocol.write_message(protocol.QueryAwareness()))
        await ana.until(lambda: ana.scopes == ["read-write"])
        # when
        ana.update(doc.get_update(known))
        ana.ask()
        # then
        await ana.until(lambda: len(ana.statuses) == 2)
        assert ana.statuses == [1, 1]
    assert await stored_text(colophon, acme, document_id) == "first second"


async def test_an_update_that_builds_on_what_nobody_has_resets_the_connection(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    text = doc.get("content", type=Text)
    text += "first "
    known = doc.get_state()
    text += "second"
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        ana.update(doc.get_update(known))
        assert await socket.closed() == 4510
        assert ana.statuses == [1]


async def test_a_reply_is_taken_and_asks_for_no_question_back(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    async with hocuspocus_socket(server_url) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        step_1 = protocol.write_message(protocol.SyncStep1(state_vector=protocol.write_state_vector({})))
        update = protocol.write_message(protocol.Update(update=typed("reply")))
        ana.send(b"\4" + step_1[1:])
        ana.send(b"\4" + update[1:])
        await ana.until(lambda: ana.statuses == [1, 1])
        assert (len(ana.questions), ana.answers) == (1, 2)


async def restrict(colophon: Colophon, tenant: Tenant, document_id: DocumentId, access: Access) -> None:
    command = ShareDocument(
        document_id=document_id, sharing=Sharing.RESTRICTED, people=((tenant.adam.member_id, access),)
    )
    await colophon.platform.executor.execute(command, tenant.ana.command())


async def test_an_open_document_becomes_read_only_and_writable_again(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket, connected(server_url, document_id, acme.ana.api_key) as ana:
        adam = socket.document(document_id)
        await adam.begun(acme.adam.api_key)
        # when
        await restrict(colophon, acme, document_id, Access.READ)
        # then
        await adam.until(lambda: adam.scopes == ["read-write", "readonly"])
        # when nothing was refused
        await restrict(colophon, acme, document_id, Access.WRITE)
        # then the line stays
        await adam.until(lambda: adam.scopes == ["read-write", "readonly", "read-write"])
        adam.type("A")
        await adam.until(lambda: adam.statuses == [1, 1])
        # when something was
        await restrict(colophon, acme, document_id, Access.READ)
        await adam.until(lambda: adam.scopes[-1] == "readonly")
        adam.type("B")
        await adam.until(lambda: adam.statuses == [1, 1, 0])
        await restrict(colophon, acme, document_id, Access.WRITE)
        # then the client begins anew, with all that it has
        assert await socket.closed() == 4510
        async with hocuspocus_socket(server_url) as again:
            back = again.document(document_id)
            back.doc = adam.doc
            await back.begun(acme.adam.api_key)
            await ana.until(lambda: str(ana.text) == "AB")
