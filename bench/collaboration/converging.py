"""Real providers type among raw clients: in the end all of them and the server have one text, with every word in it."""

import asyncio
from contextlib import AsyncExitStack

from bench.collaboration.canary import PATIENCE_SECONDS, Canary, canary
from bench.collaboration.clients import Client, Tape, connected, cut
from bench.collaboration.kills import WORDS_PER_SECOND, text_of
from bench.collaboration.server import Server


async def converged(server: Server, *, words: int, raw_clients: int = 3) -> dict[str, int]:
    """Return how many words each provider ended with, by its kind. Raises AssertionError when they differ."""
    (document,) = await server.documents(1)
    tape = Tape()
    async with AsyncExitStack() as stack:
        birds = {kind: await stack.enter_async_context(canary(server, kind, document)) for kind in server.providers}
        clients = await stack.enter_async_context(connected(server, [document], raw_clients, tape))
        typists: list[Canary | Client] = [*birds.values(), *clients]
        for _ in range(words):
            for typist in typists:
                typist.type()
                await asyncio.sleep(1 / WORDS_PER_SECOND)
        expected = {word for bird in birds.values() for word in bird.typed} | {f"#{word:07d}" for word in tape.due}
        async with asyncio.timeout(PATIENCE_SECONDS):
            for bird in birds.values():
                await bird.until(lambda state: len(state["text"]) == sum(map(len, expected)))
        reader = await Client(server, document, Tape()).open()
        await cut([reader])
        texts = {bird.state["text"] for bird in birds.values()} | {text_of(reader.state)}
        assert len(texts) == 1, f"{len(texts)} different texts on {server.name}"
        (text,) = texts
        assert all(word in text for word in expected), f"words are missing on {server.name}"
        return dict.fromkeys(birds, len(expected))
