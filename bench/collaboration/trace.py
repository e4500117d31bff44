"""A long editing history: the public trace of a paper of 260,000 edits, or a made one where that is not at hand."""

import asyncio
import gzip
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from pycrdt import Doc, Text

from bench.collaboration.clients import Client, Tape
from bench.collaboration.load import Figures
from bench.collaboration.quiet import quiet
from bench.collaboration.server import Server

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Trace:
    """Edits of one text, in order: where, how many characters go, what comes."""

    name: str
    edits: Sequence[Edit]

    @classmethod
    def read(cls, path: Path) -> "Trace":
        """Read a sequential trace of josephg/editing-traces."""
        content = json.loads(gzip.decompress(path.read_bytes()))
        edits = [(at, gone, come) for change in content["txns"] for at, gone, come in change["patches"]]
        if content["startContent"]:
            edits.insert(0, (0, 0, content["startContent"]))
        return cls(path.name.partition(".")[0], edits)

    @classmethod
    def made(cls, count: int) -> "Trace":
        """Return a history like it, always the same: typing at a place that jumps, some of it taken back."""
        choose, length, at, edits = random.Random(5), 0, 0, list[Edit]()
        for _ in range(count):
            if choose.random() < 0.02:
                at = choose.randint(0, length)
            if at and choose.random() < 0.3:
                at, length = at - 1, length - 1
                edits.append((at, 1, ""))
            else:
                edits.append((at, 0, choose.choice("etaoin shrdlu")))
                at, length = at + 1, length + 1
        return cls("made", edits)

    def updates(self, count: int) -> list[bytes]:
        """Return the history as updates of one client, each of them of as many edits."""
        doc: Doc[Any] = Doc()
        content = doc.get("content", type=Text)
        updates = []
        size = -(-len(self.edits) // count)
        for start in range(0, len(self.edits), size):
            before = doc.get_state()
            with doc.transaction():
                _replay(content, self.edits[start : start + size])
            updates.append(doc.get_update(before))
        assert len(content) == len(str(content)), "positions are characters here, and bytes in the library"
        return updates


def _replay(content: Text, edits: Iterable[Edit]) -> None:
    for at, gone, come in edits:
        if gone:
            del content[at : at + gone]
        if come:
            content.insert(at, come)


async def cold_load(
    server: Server,
    updates: Sequence[bytes],
    *,
    documents: int,
    store_seconds: float,
    settle_seconds: float,
    rest_seconds_max: float,
) -> Figures:
    """
    Write the history into documents, restart the server, and open one after the other as their first reader.

    `store_seconds` is more than either server takes its time before it stores a document.
    """
    names = await server.documents(documents)

    async def write(name: str) -> None:
        writer = await Client(server, name, Tape()).open()
        for update in updates:
            await writer.upload(update)
        writer.socket.close()

    await asyncio.gather(*map(write, names))
    await asyncio.sleep(store_seconds)
    await quiet(server, rest_seconds_max)
    await server.stop()
    await server.start()
    (other,) = await server.documents(1)
    stranger = await Client(server, other, Tape()).open()
    await asyncio.sleep(settle_seconds)
    # What the restart left to be caught up with is not what opening a document takes.
    await quiet(server, rest_seconds_max)
    before = server.used().memory_mb
    readers, cold = [], []
    for name in names:
        began = perf_counter()
        readers.append(await Client(server, name, Tape()).open())
        cold.append(perf_counter() - began)
    warm = [await _warm(server, name) for name in names]
    await asyncio.sleep(settle_seconds)
    grown = server.used().memory_mb - before
    size = len(readers[0].state)
    for reader in (*readers, stranger):
        reader.socket.close()
    return {
        "cold_ms": 1000 * median(cold),
        "warm_ms": 1000 * median(warm),
        "load_ms": 1000 * max(0.0, median(cold) - median(warm)),
        "document_mb": grown / documents,
        "state_bytes": size,
    }


async def _warm(server: Server, name: str) -> float:
    """Open a document that is open already: what connecting and sending it takes."""
    began = perf_counter()
    client = await Client(server, name, Tape()).open()
    seconds = perf_counter() - began
    client.socket.close()
    return seconds
