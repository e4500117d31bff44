"""Find the passages that a question is about: by words, by meaning, and along the names that they share."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.errors import Invalid
from domain.ids import DocumentId, TenantId
from gateway.passages import Passage
from knowledge.extraction import entity_id_of
from knowledge.fusion import (
    LEXICAL_SHARE,
    NAME_SHARE,
    SEMANTIC_SHARE,
    TITLE_SHARE,
    Scores,
    bridged,
    comparable,
    fused,
    spread,
)
from knowledge.passage_reading import PassageReading
from knowledge.ports import Embedder, LexicalIndex, Vector
from knowledge.vector_following import FollowedVectors
from knowledge.words import STOP_WORDS, entity_key, searched_words, sentences, words
from tenancy.context import TenantContext

QUESTION_CHARACTERS_MAX = 10_000
SEARCHED_WORDS_MAX = 64
EMBEDDED_CHARACTERS_MAX = 2_000
CANDIDATES = 100
NAME_WORDS_MAX = 6
NAMED_CHUNKS_MAX = 20
TITLED_CHUNKS_MAX = 2
ROUNDS, EXPANDED_A_ROUND, SENTENCES_A_PASSAGE = 2, 3, 8


class Mode(StrEnum):
    LEXICAL = "lexical"
    SEMANTIC = "semantic"
    GRAPH = "graph"
    HYBRID = "hybrid"


class QuestionTooLong(Invalid):
    """A question has at most 10,000 characters."""

    code: ClassVar = "search.question_too_long"

    def __init__(self) -> None:
        super().__init__(f"A question has at most {QUESTION_CHARACTERS_MAX} characters.")

    def facts(self) -> dict[str, object]:
        return {"question_characters_max": QUESTION_CHARACTERS_MAX}


SHARES = {
    "lexical": LEXICAL_SHARE,
    "semantic": SEMANTIC_SHARE,
    "title": TITLE_SHARE,
    "name": NAME_SHARE,
}


@dataclass(frozen=True, slots=True)
class Retriever:
    """One question at a time, for one reader."""

    lexical: LexicalIndex
    vectors: FollowedVectors
    reading: PassageReading
    embedder: Embedder
    key_of: Callable[[TenantId], bytes]

    async def retrieve(
        self, question: str, context: TenantContext, *, mode: Mode, hidden: frozenset[DocumentId], first: int
    ) -> Sequence[Passage]:
        """Return the best passages first. Raises QuestionTooLong."""
        if len(question) > QUESTION_CHARACTERS_MAX:
            raise QuestionTooLong
        if not words(question):
            return []
        ask = _Asked(self, question.replace("\0", " "), context, hidden)
        return await ask.answered(mode, first)


class _Asked:
    """One question with what is known of it so far."""

    def __init__(self, parts: Retriever, question: str, context: TenantContext, hidden: frozenset[DocumentId]) -> None:
        self._parts = parts
        self._question = question
        self._context = context
        self._hidden = hidden
        self._vector: Vector | None = None

    async def answered(self, mode: Mode, first: int) -> Sequence[Passage]:
        paths: dict[str, Scores] = {}
        if mode in {Mode.LEXICAL, Mode.HYBRID}:
            paths["lexical"] = await self._lexical()
        if mode in {Mode.SEMANTIC, Mode.HYBRID}:
            paths["semantic"] = await self._semantic()
        if mode in {Mode.GRAPH, Mode.HYBRID}:
            paths["title"], paths["name"] = await self._named()
        scores = fused(paths, SHARES)
        if mode in {Mode.GRAPH, Mode.HYBRID}:
            paths["bridge"] = await self._bridges(scores)
            scores = fused({"seed": scores, "bridge": paths["bridge"]}, {"seed": 1.0, "bridge": 1.0})
        best = sorted(scores, key=lambda id_: (-scores[id_], id_))[: max(CANDIDATES, first)]
        found = await self._parts.reading.passages(self._context, best, hidden=self._hidden)
        passages = [
            replace(found[id_], score=scores[id_], found_by=_found_by(paths, id_)) for id_ in best if id_ in found
        ]
        return spread(passages, first=first)

    async def _lexical(self) -> Scores:
        wanted = searched_words(self._question, words_max=SEARCHED_WORDS_MAX)
        ranked = await self._parts.lexical.search(self._context, wanted, hidden=self._hidden, first=CANDIDATES)
        return comparable(ranked)

    async def _semantic(self) -> Scores:
        vector = await self._asked()
        return comparable(
            await self._parts.vectors.search(self._context, vector, hidden=self._hidden, first=CANDIDATES)
        )

    async def _asked(self) -> Vector:
        if self._vector is None:
            self._vector = (await self._parts.embedder.embed([self._question[:EMBEDDED_CHARACTERS_MAX]]))[0]
        return self._vector

    async def _named(self) -> tuple[Scores, Scores]:
        """Follow the names in the question: to documents of that title, and to passages that mention them."""
        keys = _possible_names(self._question[:EMBEDDED_CHARACTERS_MAX], capitals_only=False)
        titled, named = await asyncio.gather(self._titled(keys), self._naming([self._entity(key) for key in keys]))
        by_title = {id_: 1.0 for chunks in titled.values() for id_ in chunks}
        by_name: defaultdict[UUID, float] = defaultdict(float)
        for chunks in named.values():
            for id_ in chunks:
                by_name[id_] += 1.0 / len(chunks) ** 0.5
        return by_title, comparable(by_name.items())

    async def _bridges(self, seeds: Scores) -> Scores:
        """Go from the best passages, sentence by sentence, to what the sentences name; twice."""
        bridges: Scores = {}
        expanded: set[UUID] = set()
        for round_number in range(ROUNDS):
            total = fused({"seed": seeds, "bridge": bridges}, {"seed": 1.0, "bridge": 1.0})
            best = sorted((id_ for id_ in total if id_ not in expanded), key=lambda id_: (-total[id_], id_))
            chosen = best[:EXPANDED_A_ROUND]
            if not chosen:
                break
            highest = max(total.values())
            expanded.update(chosen)
            for id_, worth in (await self._expand({c: total[c] / highest for c in chosen}, round_number)).items():
                bridges[id_] = max(bridges.get(id_, 0.0), worth)
        return bridges

    async def _expand(self, seeds: Scores, round_number: int) -> Scores:
        found = await self._parts.reading.passages(self._context, list(seeds), hidden=self._hidden)
        spans = [
            (id_, start, end)
            for id_, passage in found.items()
            for start, end in sentences(passage.text)[:SENTENCES_A_PASSAGE]
        ]
        texts = [found[id_].text[start:end] for id_, start, end in spans]
        names = await self._parts.reading.named_in(self._context, list(found))
        entities = {n.entity_id for n in names}
        keys = [_possible_names(text, capitals_only=True) for text in texts]
        similarities, named, titled = await asyncio.gather(
            self._parts.embedder.similarities(await self._asked(), texts),
            self._naming(list(entities)),
            self._titled(list({key for of_sentence in keys for key in of_sentence})),
        )
        added: Scores = {}
        for (id_, start, end), similarity, of_sentence in zip(spans, similarities, keys, strict=True):
            inside = {n.entity_id for n in names if n.chunk_id == id_ and start <= n.start and n.end <= end}
            led = bridged(
                seeds[id_],
                similarity,
                {entity: named[entity] for entity in inside if entity in named},
                [chunk for key in of_sentence for chunk in titled.get(key, ())],
                round_number=round_number,
            )
            for target, worth in led.items():
                if target != id_:
                    added[target] = max(added.get(target, 0.0), worth)
        return added

    async def _naming(self, entities: Sequence[UUID]) -> dict[UUID, Sequence[UUID]]:
        if not entities:
            return {}
        return dict(
            await self._parts.reading.naming(self._context, entities, hidden=self._hidden, chunks_max=NAMED_CHUNKS_MAX)
        )

    async def _titled(self, keys: Sequence[str]) -> dict[str, Sequence[UUID]]:
        if not keys:
            return {}
        return dict(
            await self._parts.reading.titled(self._context, keys, hidden=self._hidden, chunks_max=TITLED_CHUNKS_MAX)
        )

    def _entity(self, key: str) -> UUID:
        return entity_id_of(key, self._parts.key_of(self._context.tenant_id))


def _possible_names(text: str, *, capitals_only: bool) -> list[str]:
    """Return the keys of all runs of words that may be a name."""
    said = words(text)
    keys: dict[str, None] = {}
    for start, word in enumerate(said):
        if capitals_only and not (word[0].isupper() or word[0].isdigit()):
            continue
        for end in range(start + 1, min(start + NAME_WORDS_MAX, len(said)) + 1):
            run = said[start:end]
            if run[-1].casefold() in STOP_WORDS or (len(run) == 1 and word.casefold() in STOP_WORDS):
                continue
            keys[entity_key(" ".join(run))] = None
    return [key for key in keys if key]


def _found_by(paths: dict[str, Scores], id_: UUID) -> tuple[str, ...]:
    found = [path for path in ("lexical", "semantic") if id_ in paths.get(path, {})]
    if any(id_ in paths.get(path, {}) for path in ("title", "name", "bridge")):
        found.append("graph")
    return tuple(found)
