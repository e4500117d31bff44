"""pycrdt's own provider, which knows neither presence nor acknowledgements, beside another client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pycrdt import Channel, Doc, Provider, Text
from websockets.asyncio.client import ClientConnection, connect

from app.bootstrap import Colophon
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.waiting import until
from tests.support.world import Tenant


class Socket(Channel):
    """What the library asks of a transport."""

    def __init__(self, socket: ClientConnection, path: str) -> None:
        self._socket = socket
        self._path = path

    @property
    def path(self) -> str:
        return self._path

    async def send(self, message: bytes) -> None:
        await self._socket.send(message)

    async def recv(self) -> bytes:
        return await self._socket.recv(decode=False)


class Provided:
    """What the provider keeps in sync."""

    def __init__(self, doc: Doc[Any]) -> None:
        self.text: Text = doc.get("content", type=Text)

    def type(self, text: str) -> None:
        self.text += text


@asynccontextmanager
async def provided(server_url: str, document_id: object, token: str) -> AsyncIterator["Provided"]:
    """A document that the provider keeps in sync."""
    doc: Doc[Any] = Doc()
    path = f"/collab/{document_id}"
    url = f"{server_url.replace('http', 'ws', 1)}{path}?token={token}"
    # Unbounded: echoes that nobody reads any more must not hold up the close.
    async with (
        connect(url, max_size=None, max_queue=None, proxy=None) as socket,
        Provider(doc, Socket(socket, path)) as provider,
    ):
        async with asyncio.timeout(30):
            await provider.synced.wait()
        yield Provided(doc)


async def test_the_provider_and_another_client_write_one_text(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "Agenda: ")

    async def read() -> str:
        return str(document.text)

    async with (
        provided(server_url, document_id, acme.ana.api_key) as document,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        assert str(document.text) == "Agenda: "
        await olga.until(lambda: olga.synced)
        document.type("budget 𝄞")
        await olga.until(lambda: str(olga.text) == "Agenda: budget 𝄞")
        olga.type(", ¿hiring?")
        await until(read, lambda seen: seen == "Agenda: budget 𝄞, ¿hiring?")
    assert await stored_text(colophon, acme, document_id) == "Agenda: budget 𝄞, ¿hiring?"


async def test_what_it_sends_last_is_taken_although_it_has_left(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with provided(server_url, document_id, acme.ana.api_key) as document:
        for number in range(100):
            document.type(f"{number} ")
    written = "".join(f"{number} " for number in range(100))

    async def stored() -> str:
        return await stored_text(colophon, acme, document_id)

    await until(stored, lambda kept: kept == written)
