"""Calls of models one by one, and how well they went together."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api import traces
from api.authentication import Caller, PlatformDep
from api.cursors import Cursors
from api.rest.models import Wire
from api.rest.reading import NeedsPermission
from projections.ai_traces import TraceFilter
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["usage"])

UsageReader = Annotated[Caller, Depends(NeedsPermission(Permission.USAGE_READ))]


class TraceLine(Wire):
    """One call; `document_id` is null also where you may not read that document."""

    call_id: UUID
    at: datetime
    member_id: UUID | None
    member_name: str | None
    key_id: UUID | None
    document_id: UUID | None
    conversation_id: UUID | None
    request_id: str
    endpoint: str
    purpose: str
    template: str
    provider: str
    model: str
    tags: dict[str, str]
    finish_reason: str
    degraded: str
    fell_back: bool
    cached: bool
    input_tokens: int
    output_tokens: int
    cost_micros: int
    currency: str
    latency_milliseconds: int
    first_token_milliseconds: int | None
    confidence_permille: int | None
    experiment: str


class StepModel(Wire):
    """A stage that took its time, an attempt at a model or a repair of its answer; attempts may overlap."""

    kind: str
    name: str
    began_microseconds: int
    took_microseconds: int
    first_word_microseconds: int | None
    outcome: str


class TraceModel(TraceLine):
    """One call with everything that the ledger says of it; no word of prompt or answer is in it."""

    route_reason: str
    attempts: list[str]
    steps: list[StepModel]
    tokens: dict[str, int]
    rates_micros_per_million: dict[str, int]
    reserved_micros: int
    other_legs_micros: int
    estimated: bool
    template_version: int
    masked: dict[str, int]
    findings: dict[str, int]
    verdicts: dict[str, str]
    source_documents: Annotated[list[UUID], Field(description="Those that you may read.")]


class TraceQuestion(Wire):
    """What is not said is not asked."""

    from_: Annotated[datetime | None, Field(alias="from", description="With an offset from UTC.")] = None
    to: Annotated[datetime | None, Field(description="With an offset from UTC; not included.")] = None
    member_id: UUID | None = None
    key_id: UUID | None = None
    provider: str | None = None
    model: Annotated[str | None, Field(description="As provider/model.")] = None
    purpose: str | None = None
    endpoint: str | None = None
    request_id: str | None = None
    tag: Annotated[str | None, Field(description="Calls that have this tag.")] = None
    tag_value: Annotated[str | None, Field(description="With this value of the tag.")] = None
    finish: str | None = None
    degraded: bool | None = None
    fell_back: bool | None = None
    cached: bool | None = None
    cost_micros_min: Annotated[int | None, Field(ge=0, lt=2**62)] = None
    latency_milliseconds_min: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: str | None = None


class TracePage(Wire):
    items: list[TraceLine]
    next_cursor: str | None


class KpiModel(Wire):
    """
    `purpose` null is all together. Shares are of 1; `confidence` counts answers by tenths of their confidence.

    `error_share` is of answers that broke off or were not in the form asked for: calls that nobody answered are not in
    the ledger, and are counted in `/metrics`. `accuracy` is null: no run of a test set is kept here.
    """

    purpose: str | None
    calls: Annotated[int, Field(serialization_alias="requests")]
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


class KpiAnswer(Wire):
    from_: Annotated[datetime, Field(alias="from")]
    to: datetime
    currency: str
    items: list[KpiModel]


@router.get("/traces")
async def list_traces(
    caller: UsageReader, platform: PlatformDep, question: Annotated[TraceQuestion, Query()]
) -> TracePage:
    """List calls of models, the newest first."""
    asked = question.model_dump(exclude={"from_", "to", "limit", "cursor"})
    wanted = TraceFilter(since=question.from_, until=question.to, **asked)
    cursors = Cursors(platform.cursor_key, f"{caller.context.tenant_id}/traces")
    before = None if question.cursor is None else int(cursors.decode(question.cursor)[0])
    limit = question.limit
    found = await traces.trace_page(platform, caller.context, wanted, first=limit + 1, before_position=before)
    kept = found[:limit]
    more = cursors.encode(kept[-1].card.position) if len(found) > limit else None
    return TracePage(items=[TraceLine.model_validate(_line(one)) for one in kept], next_cursor=more)


@router.get("/traces/{call_id}")
async def get_trace(call_id: UUID, caller: UsageReader, platform: PlatformDep) -> TraceModel:
    """Return one call: what its time went into, why this model, what it cost."""
    found = await traces.trace(platform, caller.context, call_id)
    settled = found.settled
    return TraceModel.model_validate(
        {
            **_line(found.traced),
            "route_reason": settled.route_reason,
            "attempts": list(settled.attempts),
            "steps": [StepModel.model_validate(step) for step in settled.steps],
            "tokens": {
                "input": settled.input_tokens,
                "cache_read": settled.cache_read_tokens,
                "cache_write": settled.cache_write_tokens,
                "output": settled.output_tokens,
                "reasoning": settled.reasoning_tokens,
            },
            "rates_micros_per_million": dict(settled.rates_micros_per_million),
            "reserved_micros": settled.reserved_micros,
            "other_legs_micros": settled.other_legs_micros,
            "estimated": settled.estimated,
            "template_version": settled.template_version,
            "masked": dict(settled.masked),
            "findings": dict(settled.findings),
            "verdicts": dict(settled.verdicts),
            "source_documents": list(found.source_documents),
        }
    )


@router.get("/kpis")
async def get_kpis(
    caller: UsageReader,
    platform: PlatformDep,
    from_: Annotated[datetime | None, Query(alias="from", description="Default: 30 days before the end.")] = None,
    to: Annotated[datetime | None, Query(description="Not included; default: now.")] = None,
) -> KpiAnswer:
    """Tell how well calls went: all together, then by purpose; without those that made vectors."""
    report = await traces.kpi_report(platform, caller.context, from_, to)
    items = [KpiModel.model_validate(kpi) for kpi in map(traces.shares_of, report.figures)]
    return KpiAnswer.model_validate(
        {"from": report.since, "to": report.until, "currency": report.currency, "items": items}
    )


def _line(traced: traces.Traced) -> dict[str, Any]:
    names = (name for name in TraceLine.model_fields if name != "member_name")
    return {"member_name": traced.member_name, **{name: getattr(traced.card, name) for name in names}}
