"""What a stock Hocuspocus provider has on its line: several documents, interruptions, an end, a fresh token."""

from api.live.closing import CloseCode, ConnectionRefused
from app.bootstrap import Colophon
from commands.document.archive_document import ArchiveDocument
from domain.ids import DocumentId
from tests.interop.hocuspocus_providers import Providers, hocuspocus_providers
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.support.world import Tenant


async def test_many_documents_share_one_socket(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    other_id = await a_plain_document(colophon, acme, "Other: ")
    # when
    providers.open("other", other_id, acme.olga.api_key)
    await providers.saved("other")
    providers.append("ana", "1")
    providers.append("other", "2")
    # then
    await providers.until("other", lambda state: state["text"] == "Other: 2")
    await providers.saved("other")
    # and when one is left
    providers.command("detach", "other")
    providers.append("ana", "!")
    await providers.until("ana", lambda state: state["text"] == "Agenda: 1!")
    await providers.saved("ana")
    assert await stored_text(colophon, acme, document_id) == "Agenda: 1!"
    assert await stored_text(colophon, acme, other_id) == "Other: 2"
    assert providers.socket.state["close_codes"] == []


async def test_one_document_is_twice_on_a_socket_of_version_4(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId
) -> None:
    async with hocuspocus_providers(server_url, 4) as providers:
        for label in ("ana", "again"):
            providers.open(label, document_id, acme.ana.api_key, sessionAwareness=label == "again")
            await providers.saved(label)
        # when
        providers.append("again", "1")
        await providers.until("ana", lambda state: state["text"] == "Agenda: 1")
        await providers.saved("again")
        # and when one is left
        providers.command("detach", "again")
        providers.append("ana", "!")
        await providers.until("ana", lambda state: state["text"] == "Agenda: 1!")
        await providers.saved("ana")
        assert providers["again"]["text"] == "Agenda: 1"
        assert providers.socket.state["close_codes"] == []
    assert await stored_text(colophon, acme, document_id) == "Agenda: 1!"


async def test_after_the_server_has_closed_the_line_the_client_comes_back_with_what_was_typed(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    # when
    room = await colophon.rooms._rooms[acme.tenant_id, document_id]
    for client in tuple(room.clients):
        client.close(ConnectionRefused(CloseCode.GOING_AWAY, "The server is restarting."))
    providers.append("ana", "typed meanwhile")
    # then
    await providers.socket.until(lambda state: state["close_codes"] == [CloseCode.GOING_AWAY])
    await providers.saved("ana")
    assert await stored_text(colophon, acme, document_id) == "Agenda: typed meanwhile"


async def test_typing_while_the_line_comes_back_is_all_saved(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    typed = "Agenda: "
    for _ in range(3):
        # when
        providers.socket.command("disconnect")
        await providers.socket.until(lambda state: state["status"] == "disconnected")
        providers.append("ana", "offline ")
        providers.socket.command("connect")
        for number in range(30):
            providers.append("ana", f"{number} ")
        typed += "offline " + "".join(f"{number} " for number in range(30))
        # then
        await providers.until("ana", lambda state, typed=typed: state["text"] == typed)  # type: ignore[misc]
        await providers.saved("ana")
        assert await stored_text(colophon, acme, document_id) == typed


async def test_a_document_that_is_archived_is_closed_and_a_fresh_token_is_taken(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    # when
    providers.command("token", "ana", token=acme.ana.api_key)
    providers.append("ana", "A")
    # then
    await providers.until("ana", lambda state: state["text"].endswith("A"))
    await providers.saved("ana")
    # when
    await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.olga.command())
    # then
    await providers.until("ana", lambda state: state["closed"] == ["The document was archived."])
    assert providers.socket.state["close_codes"] == []
