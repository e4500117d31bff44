"""Answers to questions that were asked in other words before: found, given or compared, and kept in mind."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from domain.ai.likeness import LikeQuestion, Outcome
from domain.ids import CallId
from gateway.answers import AnswerCache, KeptAnswer, Place
from gateway.likeness.agreement import ANSWER_CHARACTERS_COMPARED, agree
from gateway.likeness.rate import PERMILLE, Compared, State, state_of, wrong_hits
from gateway.likeness.same_question import why_another
from gateway.providers.embedding import LocalEmbedder
from tenancy.context import TenantContext
from tenancy.policies import Policy

LOOKED_AT_MAX: Final = 5
"""Of the questions that are alike; the most alike first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was answered: `key` is where its answer is kept, `sources` are the answer's in their order."""

    question: str
    vector: tuple[float, ...]
    key: str
    sources: tuple[str, ...]


class AskedBefore(Protocol):
    """The newest questions of one place: the same in everything but the question. Losing them costs calls."""

    async def of(self, place: Place, context: TenantContext) -> Sequence[Asked]: ...

    async def add(self, place: Place, asked: Asked, context: TenantContext, *, seconds: int) -> None: ...


class ComparedBefore(Protocol):
    """What was compared in the last days, from the ledger."""

    async def of(self, context: TenantContext, name: str, *, similarity_permille_min: int) -> Sequence[Compared]: ...

    def forget(self, context: TenantContext) -> None:
        """Look again next time: something was just compared."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call's question, and where questions like it are kept: `name` is what the tenant allowed it for."""

    name: str
    question: str
    place: Place
    sources: tuple[str, ...]
    vector: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer that may be given; `asks_model` tells that the model is asked all the same, to compare."""

    kept: KeptAnswer
    like: LikeQuestion
    asks_model: bool


class Alike:
    """Every would-be hit has passed the same words; a share of them is compared with what the model says."""

    def __init__(
        self, embedder: LocalEmbedder, asked: AskedBefore, answers: AnswerCache, compared: ComparedBefore
    ) -> None:
        self._embedder = embedder
        self._asked = asked
        self._answers = answers
        self._compared = compared

    async def look(
        self,
        wanted: Wanted,
        call_id: CallId,
        policy: Policy,
        context: TenantContext,
        may_be_given: Callable[[KeptAnswer], bool],
    ) -> tuple[Wanted, Found | None]:
        """Return the question with its vector, and the answer to one that asks the same."""
        before = await self._asked.of(wanted.place, context)
        wanted = replace(wanted, vector=await self._vector(wanted.question))
        least = policy.whole("ai.semantic_cache_similarity_permille")
        near = sorted(((_permille(wanted.vector, one.vector), one) for one in before), key=lambda pair: -pair[0])
        for similarity, one in near[:LOOKED_AT_MAX]:
            if similarity < least:
                break
            if one.sources != wanted.sources or why_another(one.question, wanted.question):
                continue
            _, kept = await self._answers.find(one.key, context)
            if kept is not None and may_be_given(kept):
                return wanted, await self._decided(kept, similarity, wanted, call_id, policy, context)
        return wanted, None

    async def _decided(
        self,
        kept: KeptAnswer,
        similarity: int,
        wanted: Wanted,
        call_id: CallId,
        policy: Policy,
        context: TenantContext,
    ) -> Found:
        least = policy.whole("ai.semantic_cache_similarity_permille")
        rows = await self._compared.of(context, wanted.name, similarity_permille_min=least)
        state = state_of(
            wrong_hits(rows),
            compared_min=policy.whole("ai.semantic_cache_compared_min"),
            permille_max=policy.whole("ai.semantic_cache_wrong_hits_permille_max"),
        )
        propensity = policy.whole("ai.semantic_cache_compared_permille") if state is State.GIVING else PERMILLE
        like = LikeQuestion(
            name=wanted.name,
            outcome=Outcome.GIVEN,
            similarity_permille=similarity,
            propensity_permille=propensity,
        )
        return Found(kept=kept, like=like, asks_model=_drawn(call_id) < propensity)

    async def compare(self, found: Found, fresh: str) -> LikeQuestion:
        """Return what the model's own answer says of the one that was kept."""
        kept, similarity = found.kept.text, 0.0
        if kept and fresh:
            one, other = await self._embedder.floats(
                [kept[:ANSWER_CHARACTERS_COMPARED], fresh[:ANSWER_CHARACTERS_COMPARED]]
            )
            similarity = _permille(one, other) / PERMILLE
        return replace(found.like, outcome=Outcome.AGREED if agree(kept, fresh, similarity) else Outcome.DIFFERED)

    def recorded(self, context: TenantContext) -> None:
        """Count what was just compared with the next call."""
        self._compared.forget(context)

    async def remember(self, wanted: Wanted, answer_key: str, context: TenantContext, *, seconds: int) -> None:
        """Have the question found by those that are like it, for as long as its answer is kept."""
        asked = Asked(question=wanted.question, vector=wanted.vector, key=answer_key, sources=wanted.sources)
        await self._asked.add(wanted.place, asked, context, seconds=seconds)

    async def _vector(self, text: str) -> tuple[float, ...]:
        return tuple((await self._embedder.floats([text]))[0])


def _permille(one: Sequence[float], other: Sequence[float]) -> int:
    """Return the cosine of two unit vectors."""
    return round(PERMILLE * sum(a * b for a, b in zip(one, other, strict=True)))


def _drawn(call_id: CallId) -> int:
    """Return a number below 1,000 that nobody chooses: the same call draws the same."""
    return int.from_bytes(hashlib.sha256(call_id.bytes).digest()[:8]) % PERMILLE
