"""y-py, the bindings that came before pycrdt, as an independent client: what it reads and writes is what others see."""

import asyncio
import sys
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from app.bootstrap import Colophon
from domain.yjs import protocol
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 13), reason="y-py has no wheels for Python 3.13 and later")

PATIENCE_SECONDS = 30.0


class YPyClient:
    """A YDoc on a socket; the library itself knows no network."""

    def __init__(self, socket: ClientConnection) -> None:
        import y_py  # noqa: PLC0415  # absent where the tests are skipped

        self.library = y_py
        self.doc: Any = y_py.YDoc()  # its stubs know no context managers
        self.text = self.doc.get_text("content")
        self._socket = socket

    async def sync(self) -> None:
        """Ask for what the server has, and answer its questions, until the first answer is in."""
        state_vector = self.library.encode_state_vector(self.doc)
        await self._send(protocol.SyncStep1(state_vector=state_vector))
        while not isinstance(await self.take(), protocol.SyncStep2):
            pass

    async def take(self) -> protocol.Message:
        """Take one message in."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = protocol.read_message(await self._socket.recv(decode=False))
        match message:
            case protocol.SyncStep1(state_vector=state_vector):
                await self._send(protocol.SyncStep2(update=self.library.encode_state_as_update(self.doc, state_vector)))
            case protocol.SyncStep2(update=update) | protocol.Update(update=update):
                self.library.apply_update(self.doc, update)
            case _:  # presence is not its business
                pass
        return message

    async def until_text_is(self, text: str) -> None:
        while str(self.text) != text:
            await self.take()

    async def change(self, name: str, *arguments: Any) -> None:
        """Call a method of the text in a transaction, send what came of it, and wait for the durable echo."""
        before = self.library.encode_state_vector(self.doc)
        with self.doc.begin_transaction() as transaction:
            getattr(self.text, name)(transaction, *arguments)
        update = bytes(self.library.encode_state_as_update(self.doc, before))
        await self._send(protocol.Update(update=update))
        while await self.take() != protocol.Update(update=update):
            pass

    async def _send(self, message: protocol.Message) -> None:
        await self._socket.send(protocol.write_message(message))


@pytest.mark.parametrize(
    ("before", "inserted", "after"),
    [
        ("plain ", "words", "plain words"),
        ("Zwölf Boxkämpfer ", "jagen Eva", "Zwölf Boxkämpfer jagen Eva"),
        ("𝄞 clef, 音符 ", "♪ 🎼", "𝄞 clef, 音符 ♪ 🎼"),
    ],
    ids=["ASCII", "two bytes", "three and four bytes"],
)
async def test_a_text_goes_from_the_server_to_y_py_and_back(
    colophon: Colophon, server_url: str, acme: Tenant, before: str, inserted: str, after: str
) -> None:
    # given
    document_id = await a_plain_document(colophon, acme, before)
    url = f"{server_url.replace('http', 'ws', 1)}/collab/{document_id}?token={acme.ana.api_key}"
    async with connect(url, proxy=None) as socket, connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        ana = YPyClient(socket)
        # when
        await ana.sync()
        # then
        assert str(ana.text) == before
        # when
        await ana.change("extend", inserted)
        # then
        await olga.until(lambda: str(olga.text) == after)
        assert await stored_text(colophon, acme, document_id) == after
        # when: others count an insertion in the middle in other units than y-py does
        olga.text.insert(len(before.encode()), "¿")
        await olga.acknowledged()
        # then
        await ana.until_text_is(f"{before}¿{inserted}")


async def test_deletions_and_insertions_between_characters_of_several_bytes(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_plain_document(colophon, acme, "ä𝄞b𝄞c")
    url = f"{server_url.replace('http', 'ws', 1)}/collab/{document_id}?token={acme.ana.api_key}"
    async with connect(url, proxy=None) as socket, connected(server_url, document_id, acme.olga.api_key) as olga:
        ana = YPyClient(socket)
        await ana.sync()
        # when
        await ana.change("delete_range", len("ä".encode()), len("𝄞".encode()))
        await ana.change("insert", len("äb".encode()), "é")
        # then
        assert str(ana.text) == "äbé𝄞c"
        await olga.until(lambda: str(olga.text) == "äbé𝄞c")
        assert await stored_text(colophon, acme, document_id) == "äbé𝄞c"
