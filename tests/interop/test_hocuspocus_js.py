"""The stock JavaScript clients, @hocuspocus/provider 3 and 4 on Node, against our server and beside y-websocket."""

from pycrdt import XmlElement, XmlFragment, XmlText

from app.bootstrap import Colophon
from domain.ids import DocumentId
from tests.interop.conftest import AnotherSocket
from tests.interop.hocuspocus_providers import Providers, hocuspocus_providers
from tests.interop.notes import markdown_of, notes
from tests.live.test_editing_together import stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant


async def test_who_may_not_come_in_is_told_so(
    another_socket: AnotherSocket, globex: Tenant, document_id: DocumentId
) -> None:
    for token, words in (
        ("", "A valid credential is needed."),
        ("colk_wrong", "A valid credential is needed."),
        (globex.olga.api_key, "There is no such document."),
    ):
        async with another_socket() as providers:
            providers.open("mallory", document_id, token)
            await providers.until("mallory", lambda state, words=words: state["denied"] == [words])  # type: ignore[misc]
            assert providers["mallory"]["text"] == ""


async def test_two_providers_write_one_text(
    colophon: Colophon, another_socket: AnotherSocket, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    assert providers["ana"]["text"] == "Agenda: "
    assert providers["ana"]["scope"] == "read-write"
    async with another_socket() as other:
        other.open("olga", document_id, acme.olga.api_key)
        await other.saved("olga")
        # when
        providers.append("ana", "budget 𝄞")
        await other.until("olga", lambda state: state["text"] == "Agenda: budget 𝄞")
        other.append("olga", ", ¿hiring?")
        # then
        await providers.until("ana", lambda state: state["text"] == "Agenda: budget 𝄞, ¿hiring?")
        await providers.saved("ana")
        await other.saved("olga")
    assert await stored_text(colophon, acme, document_id) == "Agenda: budget 𝄞, ¿hiring?"


async def test_keystrokes_of_both_protocols_at_once_end_in_the_same_text(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        for number in range(50):
            providers.append("ana", f"j{number} ")
            olga.type(f"p{number} ")
        # then
        await providers.until("ana", lambda state: state["text"].count(" ") == 101)
        await providers.saved("ana")
        await olga.acknowledged()
        await olga.until(lambda: str(olga.text) == providers["ana"]["text"])
    assert await stored_text(colophon, acme, document_id) == providers["ana"]["text"]


async def test_nothing_is_called_saved_before_it_is(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    for number in range(20):
        providers.append("ana", f"{number} ")
        await providers.until("ana", lambda state, number=number: f"{number} " in state["text"])  # type: ignore[misc]
        await providers.saved("ana")
        assert await stored_text(colophon, acme, document_id) == providers["ana"]["text"]


async def test_a_viewer_reads_and_what_it_writes_stays_unsaved(
    colophon: Colophon, another_socket: AnotherSocket, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    async with another_socket() as viewer:
        viewer.open("vera", document_id, acme.vera.api_key)
        await viewer.saved("vera")
        assert viewer["vera"]["scope"] == "readonly"
        # when
        viewer.append("vera", "(vandalised)")
        providers.append("ana", "budget")
        # then
        await viewer.until("vera", lambda state: "budget" in state["text"])
        await providers.saved("ana")
        assert viewer["vera"]["unsynced"] == 1
    assert await stored_text(colophon, acme, document_id) == "Agenda: budget"


async def test_paragraphs_of_a_rich_body(
    colophon: Colophon, server_url: str, another_socket: AnotherSocket, acme: Tenant
) -> None:
    document_id = await notes(colophon, acme)
    async with (
        another_socket() as providers,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        providers.open("ana", document_id, acme.ana.api_key, body="rich")
        await providers.until("ana", lambda state: state["synced"] and "Notes" in state["text"])
        await olga.until(lambda: olga.synced)
        # when
        providers.append("ana", "from the browser")
        fragment = olga.doc.get("default", type=XmlFragment)
        await olga.until(lambda: "from the browser" in str(fragment))
        fragment.children.append(XmlElement("paragraph", contents=[XmlText("from Python")]))
        # then
        await providers.until("ana", lambda state: state["text"].endswith("<paragraph>from Python</paragraph>"))
        await providers.saved("ana")
        await olga.acknowledged()
    assert await markdown_of(colophon, acme, document_id) == "# Notes\n\nfrom the browser\n\nfrom Python"


async def test_y_prosemirror_writes_through_the_provider(
    colophon: Colophon, another_socket: AnotherSocket, acme: Tenant
) -> None:
    document_id = await notes(colophon, acme)
    bold = {"type": "text", "text": "bold", "marks": [{"type": "bold"}]}
    async with another_socket() as one, another_socket() as other:
        for socket, label, key in ((one, "ana", acme.ana.api_key), (other, "olga", acme.olga.api_key)):
            socket.open(label, document_id, key, body="rich")
            await socket.until(label, lambda state: state["synced"] and "Notes" in state["text"])
        # when
        one.command("prosemirror", "ana", blocks=[{"type": "paragraph", "content": [bold]}])
        await other.until("olga", lambda state: "bold" in state["text"])
        heading = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Next"}]}
        other.command("prosemirror", "olga", blocks=[heading])
        # then
        await one.until("ana", lambda state: "Next" in state["text"])
        await one.saved("ana")
        await other.saved("olga")
        assert one["ana"]["text"] == other["olga"]["text"]
    assert await markdown_of(colophon, acme, document_id) == "# Notes\n\n**bold**\n\n## Next"


async def test_presence_goes_both_ways_under_the_names_of_members(
    server_url: str, acme: Tenant, document_id: DocumentId, providers: Providers
) -> None:
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        # when
        providers.command("announce", "ana", state={"user": {"name": "The CEO", "color": "#226699"}})
        olga.announce(1, '{"user": {"name": "Ana", "id": "1"}, "cursor": null}')
        # then
        hers, his = str(olga.doc.client_id), providers["ana"]["client"]
        await olga.until(lambda: '"Ana"' in (olga.present.get(his) or ""))
        assert "The CEO" not in str(olga.present)
        user = {"id": str(acme.olga.member_id), "name": "Olga"}
        await providers.until("ana", lambda state: state["present"].get(hers) == {"cursor": None, "user": user})
    # when she left
    await providers.until("ana", lambda state: hers not in state["present"])


async def test_providers_of_both_versions_write_one_text(
    colophon: Colophon, server_url: str, acme: Tenant, document_id: DocumentId
) -> None:
    async with hocuspocus_providers(server_url, 3) as older, hocuspocus_providers(server_url, 4) as newer:
        for providers in (older, newer):
            providers.open("ana", document_id, acme.ana.api_key)
            await providers.saved("ana")
        # when
        for number in range(50):
            older.append("ana", f"o{number} ")
            newer.append("ana", f"n{number} ")
        # then
        for providers in (older, newer):
            await providers.until("ana", lambda state: state["text"].count(" ") == 101)
            await providers.saved("ana")
        assert older["ana"]["text"] == newer["ana"]["text"]
    assert await stored_text(colophon, acme, document_id) == older["ana"]["text"]
