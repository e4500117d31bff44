"""The gateway's parts: providers that have a key, prices, counters in Redis, the ledger in the log."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from uuid_utils.compat import uuid7

from app.foundation import Foundation, Service
from app.installation import Installation
from app.wiring.caching import LedgerCompared
from app.wiring.confidence import Refitting
from app.wiring.people import DirectoryPeople
from app.wiring.providers import providers_of
from app.wiring.reviews import ReviewQueue
from commands.ai.record_ai_call import RecordAiCall
from commands.ai.record_unanswered_call import RecordUnansweredCall
from commands.ai.tell_budget_threshold import TellBudgetThreshold
from commands.event_log import CommandContext
from domain.ai.unanswered import AiCallUnanswered
from domain.ids import CallId
from gateway.alerts import BudgetAlerts, period_of
from gateway.breaker import Breaker
from gateway.budget import BudgetLine, Standing, Sum
from gateway.calls import Answer
from gateway.contents import CallContents
from gateway.door import Door, Parts
from gateway.embeddings import LOCAL_NAME, Embeddings
from gateway.likeness.alike import Alike
from gateway.paces import Paces
from gateway.passages import Passages
from gateway.prices import LOCAL, LOCAL_EMBEDDING, PriceBook
from gateway.probes import Probes
from gateway.providers import local
from gateway.providers.embedding import LocalEmbedder, LocalEmbedding
from gateway.providers.loading import loaded
from gateway.providers.openai_chat import OpenAiChat
from gateway.routing import Router
from gateway.shares import RETRIES_FLOOR, Share
from gateway.switch import KillSwitch
from gateway.traces import NoTraces, Traces
from gateway.unanswered import Unanswered
from infra import clock
from infra.postgres.shared_reads import SharedReads
from infra.presidio import PresidioRecogniser
from infra.redis.answers import RedisAnswers
from infra.redis.asked_before import RedisAskedBefore
from infra.redis.budgets import FILLING_SECONDS, RedisBudgets
from infra.redis.minute_limits import RedisMinuteLimits
from infra.redis.together import Together
from projections import ai_ledger
from projections.catalogue import AI_LEDGER
from projections.projector import ReadTransactions
from tenancy.context import TenantContext
from tenancy.roles import Permission


@dataclass(frozen=True, slots=True)
class GatewayParts:
    """What other parts and surfaces need of it."""

    door: Door
    embeddings: Embeddings
    router: Router
    breaker: Breaker
    paces: Paces
    budgets: RedisBudgets
    contents: CallContents
    warm_up: Service
    probes: Probes
    refitting: Refitting
    reviews: ReviewQueue


@dataclass(frozen=True, slots=True)
class LedgerSpending:
    """Implements gateway.budget.Spending on the ledger's read model."""

    reads: ReadTransactions
    _shared: SharedReads[Hashable, Sequence[Sum]] = field(default_factory=SharedReads)

    async def sums(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Sum]:
        wanted = [_named(line) for line in lines]

        async def read() -> Sequence[Sum]:
            async with self.reads.as_app(context) as connection:
                return [Sum(*found) for found in await ai_ledger.sums(connection, context.tenant_id, wanted)]

        return await self._shared.of((context.tenant_id, *wanted), read)

    async def sums_after(self, call_id: CallId, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Sum]:
        known = AI_LEDGER.sums_after.pop(call_id, {})
        found = [known.get(_named(line)) for line in lines]
        if None in found:
            return await self.sums(context, lines)
        return [Sum(*one) for one in found if one is not None]


def _named(line: BudgetLine) -> ai_ledger.Line:
    return line.currency, str(line.scope), line.owner_id, line.period


def wire_gateway(base: Foundation, passages: Passages, embedder: LocalEmbedder) -> GatewayParts:
    """Return the gateway; nothing connects and nothing heavy is loaded yet."""
    own = {f"{local.PROVIDER}/{local.MODEL}": LOCAL, LOCAL_NAME: LOCAL_EMBEDDING}
    accounts = base.installation.providers.all()
    prices = PriceBook(own, {account.name: account.prices for account in accounts})
    hosted = providers_of(accounts)
    of_openai = {one.name: one for one in hosted if isinstance(one, OpenAiChat)}
    router = Router([local.LocalModel(), *hosted], prices)
    breaker = Breaker(monotonic)
    redis = Together(base.redis)
    budgets = RedisBudgets(
        redis,
        LedgerSpending(base.databases),
        filling_seconds=0 if base.installation.redis_url is None else FILLING_SECONDS,
    )

    async def record(answer: Answer, context: TenantContext) -> None:
        await base.executor.execute(
            RecordAiCall(call=answer.settled),
            # Sums and calls are written along with it: nobody looks at once at what else is made of it.
            CommandContext(tenant=recording(context), command_id=uuid7(), now=clock.now(), is_awaited=False),
        )

    async def keep(call: AiCallUnanswered, context: TenantContext) -> None:
        told = CommandContext(tenant=recording(context), command_id=uuid7(), now=clock.now(), is_awaited=False)
        await base.executor.execute(RecordUnansweredCall(call=call), told)

    async def tell(standing: Standing, percent: int, context: TenantContext) -> int:
        budget = period_of(standing.line)
        stream_id = budget.stream_in(context.tenant_id)
        before = (await base.log.versions_of([stream_id], context)).get(stream_id, 0)
        command = TellBudgetThreshold(
            budget=budget,
            spent_micros=standing.spent_micros,
            forgiven_micros=standing.forgiven_micros,
            limit_micros=standing.line.limit_micros,
            threshold_percent=percent,
        )
        told = CommandContext(tenant=recording(context), command_id=uuid7(), now=clock.now())
        return (await base.executor.execute(command, told)).stream_version - before

    traces = _traces(base.installation, router)
    reviews = ReviewQueue(base)
    base.watchers.appended.append(reviews.forget)
    answers = RedisAnswers(redis, base.derived("kept-answers"))
    contents = CallContents(RedisAnswers(redis, base.derived("kept-contents")))
    parts = Parts(
        policies=base.policies,
        switch=KillSwitch(base.policies),
        passages=passages,
        recogniser=PresidioRecogniser(),
        people=DirectoryPeople(base.databases),
        minute_limits=RedisMinuteLimits(redis, clock.now),
        budgets=budgets,
        alerts=BudgetAlerts(tell),
        reviews=reviews,
        moderators=of_openai,
        answers=answers,
        contents=contents,
        alike=Alike(
            embedder,
            RedisAskedBefore(base.redis, base.derived("asked-before")),
            answers,
            LedgerCompared(base.databases),
        ),
        cache_secret=base.derived("answer-keys"),
        router=router,
        breaker=breaker,
        paces=Paces(),
        retries=Share(monotonic, floor=RETRIES_FLOOR),
        hedges=Share(monotonic, floor=0),
        record=record,
        traces=traces,
        unanswered=Unanswered(keep, traces),
        now=clock.now,
        seconds=monotonic,
    )
    embeddings = Embeddings(parts, {"local": LocalEmbedding(embedder), **of_openai}, prices)

    async def warm_up() -> None:
        """Load what the first call of a hosted model would wait for."""
        if hosted:
            await loaded("openai", "anthropic", "genai_prices", "presidio_analyzer")

    return GatewayParts(
        door=Door(parts),
        embeddings=embeddings,
        router=router,
        breaker=breaker,
        paces=parts.paces,
        budgets=budgets,
        contents=contents,
        warm_up=warm_up,
        refitting=Refitting(base, parts.calibrations),
        probes=Probes(router, breaker, base.policies),
        reviews=reviews,
    )


def recording(context: TenantContext) -> TenantContext:
    """Return the actor's context as the platform uses it to record work that the actor caused."""
    return replace(context, permissions=context.permissions | {Permission.WORK_RECORD})


def _traces(installation: Installation, router: Router) -> Traces:
    address, path = installation.otlp_endpoint, installation.otlp_traces_endpoint
    if address is None and path is None:
        return NoTraces()
    from infra.telemetry import OtlpTraces, traces_path  # noqa: PLC0415  # heavy; only where somebody collects traces

    return OtlpTraces(path or traces_path(address or ""), {one.name: one.kind for one in router.providers})
