"""What the rest of the house asks of knowledge; the only door to it, and the reader's rights stand in it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.ids import DocumentId
from gateway.passages import Passage
from knowledge.entity_reading import Entity, EntityPage, GraphReading, Neighbourhood
from knowledge.extraction import Extractor
from knowledge.fusion import within_budget
from knowledge.passage_reading import PassageReading
from knowledge.retrieval import EMBEDDED_CHARACTERS_MAX, Mode, Retriever
from projections.freshness import Arrivals, Freshness
from projections.projector import Projector
from tenancy.context import TenantContext
from tenancy.document_rights import DocumentRights

WAIT_SECONDS_MAX = 2.0
_POLL_SECONDS = 0.05
RESULTS_MAX = 100
MENTIONS_MAX = 100
NODES_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Implements gateway.passages.Passages."""

    retriever: Retriever
    reading: PassageReading
    graph: GraphReading
    rights: DocumentRights
    extractor: Callable[[], Extractor]
    freshness: Freshness
    marks: Projector
    indexed: Arrivals

    async def search(
        self, question: str, context: TenantContext, *, mode: Mode = Mode.HYBRID, first: int = 20
    ) -> Sequence[Passage]:
        """Return the best passages that the reader may read, best first."""
        hidden = await self.rights.hidden(context)
        return await self.retriever.retrieve(question, context, mode=mode, hidden=hidden, first=min(first, RESULTS_MAX))

    async def about(
        self,
        question: str,
        context: TenantContext,
        *,
        passages_max: int,
        tokens_max: int,
        without: DocumentId | None = None,
    ) -> Sequence[Passage]:
        asked = question[: 5 * EMBEDDED_CHARACTERS_MAX]
        found = await self.search(asked, context, first=4 * passages_max)
        others = [passage for passage in found if passage.document_id != without]
        return within_budget(others, passages_max=passages_max, tokens_max=tokens_max)

    async def definitions(self, text: str, context: TenantContext) -> Sequence[tuple[str, str]]:
        lexicon = await self.reading.lexicon(context)
        if not lexicon.terms or not text.strip():
            return []
        _, found = await asyncio.to_thread(lambda: self.extractor().analyser.analyse(text, lexicon))
        terms = list(dict.fromkeys(term.term for term in found))
        return await self.reading.definitions(context, terms)

    async def entities(
        self,
        context: TenantContext,
        *,
        text: str = "",
        kind: str | None = None,
        first: int,
        after: tuple[int, UUID] | None = None,
        document_id: DocumentId | None = None,
    ) -> Sequence[Entity]:
        hidden = await self.rights.hidden(context)
        return await self.graph.entities(
            context, text=text, kind=kind, hidden=hidden, first=first, after=after, document_id=document_id
        )

    async def entity(self, context: TenantContext, entity_id: UUID) -> EntityPage:
        hidden = await self.rights.hidden(context)
        return await self.graph.entity(context, entity_id, hidden=hidden, mentions_max=MENTIONS_MAX)

    async def neighbourhood(self, context: TenantContext, entity_id: UUID, *, hops: int) -> Neighbourhood:
        hidden = await self.rights.hidden(context)
        return await self.graph.neighbourhood(context, entity_id, hops=hops, hidden=hidden, nodes_max=NODES_MAX)

    async def reached(
        self,
        context: TenantContext,
        at_least: int | None,
        *,
        with_vectors: bool = False,
        seconds_max: float = WAIT_SECONDS_MAX,
    ) -> bool:
        """Wait until the index includes a position; False when it did not in time and the answer is stale."""
        if not at_least:
            return True
        clock = asyncio.get_running_loop()
        deadline = clock.time() + seconds_max
        if not await self.freshness.reached(self.marks, context, at_least, seconds_max=seconds_max):
            return False
        with self.indexed.expected(context.tenant_id) as arrived:
            while await self.reading.waits(context, at_least, with_vectors=with_vectors):
                remaining = deadline - clock.time()
                if remaining <= 0:
                    return False
                try:
                    # Another process may be the one that indexes: look again soon, told or not.
                    async with asyncio.timeout(min(_POLL_SECONDS, remaining)):
                        await arrived.wait()
                    arrived.clear()
                except TimeoutError:
                    continue
        return True
