"""Vectors for a caller's texts: the same switch, limits, checks, masks, budgets and ledger as for every call."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from domain.ai.steps import ATTEMPT, STAGE
from domain.ids import CallId
from gateway.breaker import CircuitRules
from gateway.budget import LEASE_SECONDS, BudgetLine, lines_of
from gateway.calls import AiRequest, Answer, FinishReason, Purpose, Speaker, Turn
from gateway.ledger import Course
from gateway.masking import Mask, masked
from gateway.metrics import observed
from gateway.prepared import Prepared
from gateway.prices import PriceBook, Rates, Unpriced
from gateway.providers.embedding import MODEL, Embedded, EmbeddingProvider, TextTooLong
from gateway.providers.port import FailureKind, ProviderFailed, Used
from gateway.refusals import AiSwitchedOff, EmbeddingRefused, ProvidersUnavailable, UnknownModel
from gateway.review_queue import queued
from gateway.screening.moderation import PHRASE_CHARACTERS_MAX
from gateway.stages.elsewhere import TEXT_CHARACTERS_MAX, moderated_elsewhere
from gateway.stages.moderation import moderated
from gateway.stages.money import held, within_a_request
from gateway.stages.safety import recogniser_for
from gateway.steps import noted
from gateway.tariff import Tariff
from gateway.tokens import Tokens, tokens_max
from tenancy.context import TenantContext
from tenancy.policies import Policy

if TYPE_CHECKING:
    from gateway.door import Parts

ANSWERED = "answered"
LOCAL_NAME = f"local/{MODEL}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRequest:
    """`model` is `provider/model`; `dimensions` None is the model's own length."""

    call_id: CallId
    model: str
    texts: tuple[str, ...]
    dimensions: int | None = None
    tags: tuple[tuple[str, str], ...] = ()
    endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingAnswer:
    vectors: Sequence[Sequence[float]]
    input_tokens: int
    cost_micros: int


class Embeddings:
    """Held before it is called, in the ledger before it is answered."""

    def __init__(self, parts: "Parts", providers: Mapping[str, EmbeddingProvider], prices: PriceBook) -> None:
        self._parts = parts
        self._providers = providers
        self._prices = prices

    async def embed(self, request: EmbeddingRequest, context: TenantContext) -> EmbeddingAnswer:
        """Return the vectors. Raises what refuses a call (see gateway.calls.Gateway), EmbeddingRefused."""
        parts = self._parts
        course = self._course(request, context)
        try:
            return await self._embedded(request, course)
        except Exception as error:
            parts.unanswered.tell(course, error, parts.seconds())
            raise

    async def _embedded(self, request: EmbeddingRequest, course: Course) -> EmbeddingAnswer:
        parts, context = self._parts, course.context
        stage = partial(noted, course.steps, STAGE, seconds=parts.seconds)
        policy = await parts.policies.of(context)
        with stage(name="routed"):
            provider = await self._routed(request, course, Tariff.of(policy))
        with stage(name="switched_on"):
            if not policy.flag("ai.enabled"):
                raise AiSwitchedOff
        with stage(name="within_the_minute"):
            await parts.minute_limits.enter(context, policy)
        with stage(name="moderated"):
            await self._moderated(request, course, policy)
        turns, mask = tuple(Turn(Speaker.USER, text) for text in request.texts), Mask()
        if not provider.offline and policy.flag("ai.pii_masking"):
            with stage(name="personal_data_masked"):
                turns, mask = await asyncio.to_thread(masked, turns, await recogniser_for(context, policy, parts))
        course.masked = mask.counts()
        lines = lines_of(policy, context, parts.now())
        with stage(name="reserved"):
            course.reserved_micros = await self._held(course, turns, lines, policy)
        try:
            made = await self._made(provider, request, [turn.text for turn in turns], course, CircuitRules.of(policy))
            await parts.record(_answer(course, made, parts.seconds()), context)
        finally:
            ended = lines_of(policy, context, parts.now())
            standings = await parts.budgets.settle(request.call_id, context, tuple(dict.fromkeys((*lines, *ended))))
            await parts.alerts.settled(context, standings)
            await queued(parts, course, policy)
        settled = course.settled(parts.seconds())
        observed(settled)
        parts.traces.call(course.traced(settled))
        await parts.minute_limits.used(context, made.input_tokens)
        return EmbeddingAnswer(vectors=made.vectors, input_tokens=made.input_tokens, cost_micros=course.cost_micros())

    async def _routed(self, request: EmbeddingRequest, course: Course, tariff: Tariff) -> EmbeddingProvider:
        course.currency, course.micros_per_usd = tariff.currency, tariff.micros_per_usd
        provider, course.rates = await asyncio.to_thread(self._model, request.model, tariff)
        if provider.offline and request.dimensions is not None:
            raise EmbeddingRefused("dimensions", f"{LOCAL_NAME} makes vectors of one length only.")
        course.provider, _, course.model = request.model.partition("/")
        course.route_reason = f"{request.model} was asked for"
        return provider

    async def _moderated(self, request: EmbeddingRequest, course: Course, policy: Policy) -> None:
        """Look at every text as at what somebody writes to a model: part by part, since they may be long."""
        if not policy.flag("ai.moderation"):
            return
        texts = "\n".join(request.texts)
        for begin in range(0, len(texts), TEXT_CHARACTERS_MAX - PHRASE_CHARACTERS_MAX):
            part = replace(course.request, question=texts[begin : begin + TEXT_CHARACTERS_MAX])
            seen = Prepared(course=course, policy=policy)
            course.request = part
            await moderated(seen, self._parts)
            await moderated_elsewhere(seen, self._parts)

    async def _held(self, course: Course, turns: Sequence[Turn], lines: Sequence[BudgetLine], policy: Policy) -> int:
        assert course.rates is not None
        bound = course.rates.bound_micros(read=tokens_max(turn.text for turn in turns), written=0)
        return await held(
            self._parts,
            course,
            lines,
            wanted_micros=within_a_request(policy, bound, least_micros=bound),
            least_micros=bound,
            lease_seconds=LEASE_SECONDS,
        )

    def _model(self, name: str, tariff: Tariff) -> tuple[EmbeddingProvider, Rates]:
        provider_name, _, model = name.partition("/")
        provider = self._providers.get(provider_name)
        if provider is None or not model or (provider.offline and name != LOCAL_NAME):
            raise UnknownModel(name)
        try:
            return provider, tariff.rates(self._prices, provider_name, model)
        except Unpriced as unpriced:
            raise UnknownModel(name) from unpriced

    def _course(self, request: EmbeddingRequest, context: TenantContext) -> Course:
        asked = AiRequest(
            call_id=request.call_id,
            purpose=Purpose.EMBEDDING,
            model=request.model,
            tags=request.tags,
            endpoint=request.endpoint,
            read_at_end=True,
        )
        return Course(request=asked, context=context, started_seconds=self._parts.seconds())

    async def _made(
        self,
        provider: EmbeddingProvider,
        request: EmbeddingRequest,
        texts: Sequence[str],
        course: Course,
        rules: CircuitRules,
    ) -> Embedded:
        if not self._parts.breaker.allows(request.model):
            course.attempts.append(f"{request.model}: resting after failures")
            raise ProvidersUnavailable(tuple(course.attempts))
        with noted(course.steps, ATTEMPT, request.model, self._parts.seconds) as attempt:
            try:
                made = await provider.embed(course.model, texts, dimensions=request.dimensions)
            except TextTooLong as too_long:
                self._parts.breaker.gave_up(request.model)
                raise EmbeddingRefused("input", f"{too_long}.") from None
            except ProviderFailed as failure:
                attempt.concluded(failure.kind)
                course.attempts.append(f"{request.model}: {failure.kind}")
                if failure.kind is FailureKind.REFUSED:
                    self._parts.breaker.gave_up(request.model)
                    raise EmbeddingRefused("input", "The provider of this model refused the request.") from None
                self._parts.breaker.failed(request.model, failure, rules)
                raise ProvidersUnavailable(tuple(course.attempts)) from None
            except BaseException:
                self._parts.breaker.gave_up(request.model)
                raise
            attempt.concluded(ANSWERED)
        self._parts.breaker.succeeded(request.model, rules, waited_seconds=None)
        course.attempts.append(f"{request.model}: answered")
        return made


def _answer(course: Course, made: Embedded, now_seconds: float) -> Answer:
    course.used = Used(tokens=Tokens(input=made.input_tokens))
    return Answer(text="", sources=(), finish_reason=FinishReason.STOP, notice="", settled=course.settled(now_seconds))
