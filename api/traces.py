"""Calls of models as those look at them who keep the money, and how well they went; put together for every surface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.platform import Platform
from domain.ai.decisions import NoSuchAiCall
from domain.ai.events import AiCallSettled
from domain.ai.unanswered import AiCallUnanswered, CallOutcome, unanswered_stream
from domain.errors import Invalid
from domain.ids import CallId, StreamId
from projections import ai_kpis, ai_traces
from projections.ai_calls_seen import CallFilter
from projections.ai_kpis import Kpis
from projections.ai_traces import TraceCard
from projections.directory import members_by_id
from projections.document_access import hidden_documents
from tenancy.context import TenantContext

KPI_DAYS: Final = 30
FILTER_CHARACTERS_MAX: Final = 200


class TracesRefused(Invalid):
    """Times have an offset from UTC and are in order; what is looked for is short; a tag's value needs its name."""

    code: ClassVar = "traces.refused"

    def __init__(self) -> None:
        super().__init__(
            "Ask from an earlier to a later time, both with an offset from UTC as in 2026-11-01T00:00:00Z; "
            "a tag's value together with the tag's name."
        )

    def facts(self) -> dict[str, object]:
        return {"filter_characters_max": FILTER_CHARACTERS_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A card, and the name of who asked."""

    card: TraceCard
    member_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One call: what the log says of it, without documents that the reader may not read."""

    traced: Traced
    fact: AiCallSettled | AiCallUnanswered
    source_documents: Sequence[UUID]

    @property
    def settled(self) -> AiCallSettled | None:
        """Return the ledger's fact; None where nobody answered."""
        return self.fact if isinstance(self.fact, AiCallSettled) else None

    @property
    def detail(self) -> str:
        """Return which budget, limit or rules refused it."""
        return self.fact.detail if isinstance(self.fact, AiCallUnanswered) else ""

    @property
    def tokens(self) -> Mapping[str, int]:
        """Return what was used, by bucket."""
        settled = self.settled
        return {
            "input": 0 if settled is None else settled.input_tokens,
            "cache_read": 0 if settled is None else settled.cache_read_tokens,
            "cache_write": 0 if settled is None else settled.cache_write_tokens,
            "output": 0 if settled is None else settled.output_tokens,
            "reasoning": 0 if settled is None else settled.reasoning_tokens,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReport:
    """In one currency. The first of the figures is all purposes together; there is none where there were no calls."""

    since: datetime
    until: datetime
    currency: str
    figures: Sequence[Kpis]


async def trace_page(
    platform: Platform, context: TenantContext, wanted: CallFilter, *, first: int, before_position: int | None
) -> list[Traced]:
    """Return up to `first` calls, the newest first. Raises TracesRefused."""
    _require_sane(wanted)
    async with platform.reads.as_app(context) as connection:
        cards = await ai_traces.page(connection, context, wanted, first=first, before_position=before_position)
        return await _named(platform, context, connection, cards)


async def trace_count(platform: Platform, context: TenantContext, wanted: CallFilter) -> int:
    """Return how many calls there are of these, up to a bound."""
    async with platform.reads.as_app(context) as connection:
        return await ai_traces.count(connection, context, wanted)


async def trace(platform: Platform, context: TenantContext, call_id: UUID, position: int | None = None) -> Trace:
    """Return one call: at this position of the log, or where it was tried last. Raises NoSuchAiCall."""
    async with platform.reads.as_app(context) as connection:
        card = await ai_traces.card(connection, context, call_id, position)
        if card is None:
            raise NoSuchAiCall
        (traced,) = await _named(platform, context, connection, [card])
        hidden = await hidden_documents(connection, context)
    stream = StreamId(call_id) if card.settled else unanswered_stream(CallId(call_id))
    for recorded in await platform.log.load(stream, context):
        if recorded.position == card.position and isinstance(recorded.event, AiCallSettled | AiCallUnanswered):
            sources = recorded.event.source_documents if isinstance(recorded.event, AiCallSettled) else ()
            shown = [one for one in sources if one not in hidden]
            return Trace(traced=traced, fact=recorded.event, source_documents=shown)
    raise NoSuchAiCall


async def _named(
    platform: Platform, context: TenantContext, connection: AsyncConnection, cards: Sequence[TraceCard]
) -> list[Traced]:
    """What nobody answered cost nothing, in the tenant's currency."""
    ids = {one.member_id for one in cards if one.member_id is not None}
    members = await members_by_id(connection, context.tenant_id, list(ids)) if ids else {}
    currency = (await platform.policies.of(context)).text("ai.currency")
    return [
        Traced(
            card=one if one.settled else replace(one, currency=currency),
            member_name=members[one.member_id].name if one.member_id in members else None,
        )
        for one in cards
    ]


async def kpi_report(platform: Platform, context: TenantContext, wanted: CallFilter) -> KpiReport:
    """Return how well calls went, by default in the last 30 days, in the tenant's currency. Raises TracesRefused."""
    until = wanted.until or platform.now().astimezone(UTC)
    since = wanted.since or until - timedelta(days=KPI_DAYS)
    asked = replace(wanted, since=since, until=until)
    _require_sane(asked)
    currency = (await platform.policies.of(context)).text("ai.currency")
    async with platform.reads.as_app(context) as connection:
        figures = await ai_kpis.kpis(connection, context, asked, currency=currency)
    return KpiReport(since=since, until=until, currency=currency, figures=[one for one in figures if one.calls])


def _require_sane(wanted: CallFilter) -> None:
    times = [one for one in (wanted.since, wanted.until) if one is not None]
    texts = (
        wanted.provider, wanted.model, wanted.purpose, wanted.endpoint, wanted.request_id, wanted.tag,
        wanted.tag_value, wanted.finish, wanted.code, wanted.stage,
    )  # fmt: skip
    if (
        any(one.tzinfo is None for one in times)
        or times != sorted(times)
        or any(one is not None and (len(one) > FILTER_CHARACTERS_MAX or "\0" in one) for one in texts)
        or (wanted.tag_value is not None and wanted.tag is None)
        or (wanted.outcome is not None and wanted.outcome not in set(CallOutcome))
    ):
        raise TracesRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """
    The figures of a purpose as they are shown: errors and refusals of all calls, the other shares of those answered.

    `accuracy` is that of the newest runs of test sets, over all their examples; None where there was none.
    """

    purpose: str | None
    calls: int
    error_share: float
    refused_share: float
    fallback_share: float
    degraded_share: float
    cached_share: float
    cost_micros: int
    cost_micros_per_call: float
    latency_p50_milliseconds: int | None
    latency_p95_milliseconds: int | None
    first_token_p95_milliseconds: int | None
    ratings: int
    rating_mean: float | None
    accuracy: float | None
    accuracy_examples: int
    confidence: list[int]


def shares_of(kpis: Kpis) -> Shares:
    calls, settled = kpis.calls, kpis.settled or 1
    return Shares(
        purpose=kpis.purpose,
        calls=calls,
        error_share=kpis.failed / calls,
        refused_share=kpis.refused / calls,
        fallback_share=kpis.fell_back / settled,
        degraded_share=kpis.degraded / settled,
        cached_share=kpis.cached / settled,
        cost_micros=kpis.cost_micros,
        cost_micros_per_call=kpis.cost_micros / settled,
        latency_p50_milliseconds=kpis.latency_p50_milliseconds,
        latency_p95_milliseconds=kpis.latency_p95_milliseconds,
        first_token_p95_milliseconds=kpis.first_token_p95_milliseconds,
        ratings=kpis.ratings,
        rating_mean=kpis.rating_mean,
        accuracy=kpis.right / kpis.examples if kpis.examples else None,
        accuracy_examples=kpis.examples,
        confidence=list(kpis.confidence),
    )
