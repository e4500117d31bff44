"""What costs without anybody typing: open documents, idle connections, and a hundred who come at once."""

import asyncio
import secrets
from time import perf_counter

from bench.collaboration.clients import Client, Tape, connected, cut
from bench.collaboration.load import Figures, percentile_ms
from bench.collaboration.server import Server
from bench.collaboration.words import Typist

PIECE_BYTES = 64 * 1024
ALPHABET = b"abcdefghijklmnopqrstuvwxyz     \n"


async def memory(server: Server, *, documents: int, connections: int, settle_seconds: float) -> Figures:
    """Return what an open document weighs, and what an idle connection to an open document does."""
    # What the first connection ever loads is nobody's weight.
    async with connected(server, await server.documents(1), 2, Tape()):
        pass
    names = await server.documents(documents)
    idle_mb = await _held(server, settle_seconds)
    async with connected(server, names, 1, Tape()):
        opened_mb = await _held(server, settle_seconds)
        async with connected(server, names, connections // documents, Tape()):
            crowded_mb = await _held(server, settle_seconds)
    connection_kb = 1024 * (crowded_mb - opened_mb) / (connections // documents * documents)
    return {
        "idle_mb": idle_mb,
        "connections": connections // documents * documents,
        "connections_mb": crowded_mb - opened_mb,
        "connection_kb": connection_kb,
        "document_kb": 1024 * (opened_mb - idle_mb) / documents - connection_kb,
    }


async def _held(server: Server, settle_seconds: float) -> float:
    await asyncio.sleep(settle_seconds)
    return server.used().memory_mb


async def join_storm(server: Server, *, clients: int, document_bytes: int) -> Figures:
    """Let all of them open one large document in the same moment; return when they had it."""
    (name,) = await server.documents(1)
    writer = await Client(server, name, Tape()).open()
    typist = Typist(secrets.randbits(32))
    for _ in range(max(1, document_bytes // PIECE_BYTES)):
        await writer.upload(typist.typed(_prose(min(PIECE_BYTES, document_bytes))))
    joining = [Client(server, name, Tape()) for _ in range(clients)]
    before, began = server.used(), perf_counter()
    seconds: list[float] = []

    async def join(client: Client) -> None:
        await client.open()
        seconds.append(perf_counter() - began)

    await asyncio.gather(*map(join, joining))
    whole = [len(client.state) > document_bytes * 9 // 10 for client in joining]
    assert all(whole), f"{whole.count(False)} of {clients} joined {server.name} without the document"
    used = server.used().since(before)
    await cut([writer, *joining])
    return {
        "p50_ms": percentile_ms(seconds, 0.5),
        "last_ms": 1000 * max(seconds),
        "cpu_ms": 1000 * used,
    }


def _prose(count: int) -> bytes:
    return bytes(ALPHABET[byte & 0x1F] for byte in secrets.token_bytes(count))
