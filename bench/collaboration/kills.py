"""Servers are killed while people type; what was acknowledged and is missing afterwards, was lost."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from pycrdt import Doc, Text

from bench.collaboration.canary import Canary, canary
from bench.collaboration.clients import Client, Tape, connected, cut
from bench.collaboration.server import Server
from bench.collaboration.words import WORD

EARLIEST_SECONDS = 0.3
ENDING_SECONDS_MAX = 2.0
WORDS_PER_SECOND = 75
DOCUMENTS, CLIENTS = 4, 2


@dataclass(slots=True)
class Losses:
    """Over all rounds."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0


async def raw_clients(server: Server, rounds: int, choose: random.Random, seconds_max: float) -> Losses:
    """Kill while raw clients of several documents type, with the database or without it."""
    losses = Losses()
    for _ in range(rounds):
        documents, tape = await server.documents(DOCUMENTS), Tape()
        async with connected(server, documents, CLIENTS, tape) as clients:
            typing = asyncio.create_task(_type(clients))
            await asyncio.sleep(choose.uniform(EARLIEST_SECONDS, seconds_max))
            await server.kill(database_too=choose.random() < 0.5)
            typing.cancel()
            # What it had sent still arrives; and nobody stays who could bring back what it has lost.
            await asyncio.wait([client.socket.ended for client in clients], timeout=ENDING_SECONDS_MAX)
            await cut(clients)
        acknowledged = {f"#{word:07d}" for word in tape.acknowledged}
        await server.start()
        left = {word for document in documents for word in await words_in(server, document)}
        losses.rounds += 1
        losses.acknowledged += len(acknowledged)
        losses.lost += len(acknowledged - left)
    return losses


async def _type(clients: Sequence[Client]) -> None:
    while True:
        for client in clients:
            client.type()
            await asyncio.sleep(1 / WORDS_PER_SECOND)


async def stock_provider(server: Server, kind: str, rounds: int, choose: random.Random, seconds_max: float) -> Losses:
    """Kill while a stock provider types; it counts what it has reported as synced."""
    losses = Losses()
    for _ in range(rounds):
        (document,) = await server.documents(1)
        async with canary(server, kind, document) as typist:
            typing = asyncio.create_task(_type_by(typist))
            await asyncio.sleep(choose.uniform(EARLIEST_SECONDS, seconds_max))
            await server.kill(database_too=False)
            typing.cancel()
            acknowledged = await typist.leave()
        await server.start()
        left = await words_in(server, document)
        losses.rounds += 1
        losses.acknowledged += len(acknowledged)
        losses.lost += len(acknowledged - left)
    return losses


async def _type_by(typist: Canary) -> None:
    while True:
        typist.type()
        await asyncio.sleep(1 / WORDS_PER_SECOND)


async def words_in(server: Server, document: str) -> set[str]:
    """Return the words of a document as whoever opens it now has them."""
    reader = await Client(server, document, Tape()).open()
    await cut([reader])
    return {f"#{digits.decode()}" for digits in WORD.findall(text_of(reader.state).encode())}


def text_of(state: bytes) -> str:
    """Return the text of a plain body."""
    doc: Doc[Text] = Doc()
    content = doc.get("content", type=Text)
    doc.apply_update(state)
    return str(content)
