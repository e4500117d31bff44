"""People who type words wherever they can, and what they were told is saved: once told, they keep nothing of it."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from domain.ids import DocumentId
from tests.live.nodes import Nodes
from tests.live.yjs_client import connected
from tests.support.waiting import until
from tests.support.world import Person

WORDS_PER_SITTING = 15
ANSWER_SECONDS_MAX = 3.0


@dataclass(slots=True)
class Typists:
    """They come back to any node that is there, each time with an empty page."""

    nodes: Nodes
    document_id: DocumentId
    people: Sequence[Person]
    choose: random.Random
    saved: list[str] = field(default_factory=list)
    """Words that came back."""
    sittings: int = 0
    _are_over: bool = False

    async def have_saved(self, more: int) -> None:
        """Wait until so many more words are."""
        wanted = len(self.saved) + more

        async def count() -> int:
            return len(self.saved)

        await until(count, lambda saved: saved >= wanted)

    async def _type(self, number: int) -> None:
        words = 0
        while not self._are_over:
            # Whatever happens to the node, they try the next one.
            with suppress(OSError, TimeoutError, AssertionError, WebSocketException):
                async with connected(
                    self.nodes.any(self.choose).url, self.document_id, self.people[number % len(self.people)].api_key
                ) as client:
                    async with asyncio.timeout(ANSWER_SECONDS_MAX):
                        await client.until(lambda: client.synced)  # awaited here
                    self.sittings += 1
                    for _ in range(WORDS_PER_SITTING):
                        words += 1
                        word = f"{number}.{words}"
                        client.type(f"{word} ")
                        async with asyncio.timeout(ANSWER_SECONDS_MAX):
                            await client.acknowledged()
                        self.saved.append(word)
                        if self._are_over:
                            return


@asynccontextmanager
async def typing(
    nodes: Nodes, document_id: DocumentId, people: Sequence[Person], *, count: int, seed: int
) -> AsyncIterator[Typists]:
    typists = Typists(nodes, document_id, people, random.Random(seed))
    tasks = [asyncio.create_task(typists._type(number)) for number in range(count)]
    try:
        yield typists
    finally:
        typists._are_over = True
        await asyncio.gather(*tasks)
