"""Calls of models as those look at them who keep the money, and how well they went; put together for every surface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from api.platform import Platform
from domain.ai.decisions import NoSuchAiCall
from domain.ai.events import AiCallSettled
from domain.errors import Invalid
from domain.ids import StreamId
from projections import ai_kpis, ai_traces
from projections.ai_kpis import Kpis
from projections.ai_traces import TraceCard, TraceFilter
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
    """One call: what the ledger says of it, without documents that the reader may not read."""

    traced: Traced
    settled: AiCallSettled
    source_documents: Sequence[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReport:
    """In one currency. The first of the figures is all purposes together; there is none where there were no calls."""

    since: datetime
    until: datetime
    currency: str
    figures: Sequence[Kpis]


async def trace_page(
    platform: Platform, context: TenantContext, wanted: TraceFilter, *, first: int, before_position: int | None
) -> list[Traced]:
    """Return up to `first` calls, the newest first. Raises TracesRefused."""
    _require_sane(wanted)
    async with platform.reads.as_app(context) as connection:
        cards = await ai_traces.page(connection, context, wanted, first=first, before_position=before_position)
        ids = {one.member_id for one in cards if one.member_id is not None}
        members = await members_by_id(connection, context.tenant_id, list(ids)) if ids else {}
    names: Mapping[UUID, str] = {member_id: member.name for member_id, member in members.items()}
    return [Traced(card=one, member_name=names.get(one.member_id) if one.member_id else None) for one in cards]


async def trace_count(platform: Platform, context: TenantContext, wanted: TraceFilter) -> int:
    """Return how many calls there are of these, up to a bound."""
    async with platform.reads.as_app(context) as connection:
        return await ai_traces.count(connection, context, wanted)


async def trace(platform: Platform, context: TenantContext, call_id: UUID) -> Trace:
    """Return one call. Raises NoSuchAiCall."""
    async with platform.reads.as_app(context) as connection:
        card = await ai_traces.card(connection, context, call_id)
        if card is None:
            raise NoSuchAiCall
        ids = [] if card.member_id is None else [card.member_id]
        members = await members_by_id(connection, context.tenant_id, ids) if ids else {}
        hidden = await hidden_documents(connection, context)
    recorded = await platform.log.load(StreamId(call_id), context)
    settled = next((one.event for one in recorded if isinstance(one.event, AiCallSettled)), None)
    if settled is None:
        raise NoSuchAiCall
    name = members[card.member_id].name if card.member_id in members else None
    return Trace(
        traced=Traced(card=card, member_name=name),
        settled=settled,
        source_documents=[one for one in settled.source_documents if one not in hidden],
    )


async def kpi_report(
    platform: Platform, context: TenantContext, since: datetime | None, until: datetime | None
) -> KpiReport:
    """Return how well calls went, by default in the last 30 days, in the tenant's currency. Raises TracesRefused."""
    until = until or platform.now().astimezone(UTC)
    since = since or until - timedelta(days=KPI_DAYS)
    if since.tzinfo is None or until.tzinfo is None or since > until:
        raise TracesRefused
    currency = (await platform.policies.of(context)).text("ai.currency")
    async with platform.reads.as_app(context) as connection:
        figures = await ai_kpis.kpis(connection, context, since=since, until=until, currency=currency)
    return KpiReport(since=since, until=until, currency=currency, figures=[one for one in figures if one.calls])


def _require_sane(wanted: TraceFilter) -> None:
    times = [one for one in (wanted.since, wanted.until) if one is not None]
    texts = (
        wanted.provider, wanted.model, wanted.purpose, wanted.endpoint, wanted.request_id, wanted.tag,
        wanted.tag_value, wanted.finish,
    )  # fmt: skip
    if (
        any(one.tzinfo is None for one in times)
        or times != sorted(times)
        or any(one is not None and (len(one) > FILTER_CHARACTERS_MAX or "\0" in one) for one in texts)
        or (wanted.tag_value is not None and wanted.tag is None)
    ):
        raise TracesRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The figures of a purpose as they are shown; `accuracy` is None as long as no run of a test set is kept."""

    purpose: str | None
    calls: int
    error_share: float
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
    confidence: list[int]


def shares_of(kpis: Kpis) -> Shares:
    calls = kpis.calls
    return Shares(
        purpose=kpis.purpose,
        calls=calls,
        error_share=kpis.failed / calls,
        fallback_share=kpis.fell_back / calls,
        degraded_share=kpis.degraded / calls,
        cached_share=kpis.cached / calls,
        cost_micros=kpis.cost_micros,
        cost_micros_per_call=kpis.cost_micros / calls,
        latency_p50_milliseconds=kpis.latency_p50_milliseconds,
        latency_p95_milliseconds=kpis.latency_p95_milliseconds,
        first_token_p95_milliseconds=kpis.first_token_p95_milliseconds,
        ratings=kpis.ratings,
        rating_mean=kpis.rating_mean,
        accuracy=None,
        confidence=list(kpis.confidence),
    )
