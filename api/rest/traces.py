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
from domain.ai.unanswered import CallOutcome
from projections.ai_calls_seen import CallFilter
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["usage"])

UsageReader = Annotated[Caller, Depends(NeedsPermission(Permission.USAGE_READ))]


class TraceLine(Wire):
    """
    One call; `document_id` is null also where you may not read that document.

    Of one that nobody answered `code` tells why, and `stage` which stage refused it, empty where the models failed; it
    cost nothing. It stands for `times` calls: a flood of the same refusal is told as a few.
    """

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
    outcome: CallOutcome
    code: str
    stage: str
    times: int
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

    detail: Annotated[str, Field(description="Which budget, limit or rules refused it.")]
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


class CallQuestion(Wire):
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
    outcome: Annotated[
        CallOutcome | None,
        Field(description="failed: also answers that broke off or were not in the form asked for."),
    ] = None
    code: Annotated[str | None, Field(description="Why nobody answered, as ai.budget_exceeded.")] = None
    stage: Annotated[str | None, Field(description="Which stage refused, as reserved.")] = None
    finish: str | None = None
    degraded: bool | None = None
    fell_back: bool | None = None
    cached: bool | None = None
    cost_micros_min: Annotated[int | None, Field(ge=0, lt=2**62)] = None
    latency_milliseconds_min: Annotated[int | None, Field(ge=0, lt=2**31)] = None


class TraceQuestion(CallQuestion):
    """Which calls, and how many at once."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: str | None = None


class TracePage(Wire):
    items: list[TraceLine]
    next_cursor: str | None


class KpiModel(Wire):
    """
    `purpose` null is all together. Shares are of 1; `confidence` counts answers by tenths of their confidence.

    `error_share` and `refused_share` are of all requests: those that `/traces` tells with that outcome. Errors are
    answers that broke off or were not in the form asked for, and calls that failed at every model. The other shares are
    of the answered. `accuracy` is of the newest run of a test set of each model with each template, over their
    `accuracy_examples`; of the filters it knows purpose, provider and model.
    """

    purpose: str | None
    calls: Annotated[int, Field(serialization_alias="requests")]
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
    wanted = _filter(question)
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
    fact, settled = found.fact, found.settled
    return TraceModel.model_validate(
        {
            **_line(found.traced),
            "detail": found.detail,
            "route_reason": fact.route_reason,
            "attempts": list(fact.attempts),
            "steps": [StepModel.model_validate(step) for step in fact.steps],
            "tokens": found.tokens,
            "rates_micros_per_million": {} if settled is None else dict(settled.rates_micros_per_million),
            "reserved_micros": 0 if settled is None else settled.reserved_micros,
            "other_legs_micros": 0 if settled is None else settled.other_legs_micros,
            "estimated": settled is not None and settled.estimated,
            "template_version": fact.template_version,
            "masked": dict(fact.masked),
            "findings": dict(fact.findings),
            "verdicts": dict(fact.verdicts),
            "source_documents": list(found.source_documents),
        }
    )


@router.get("/kpis")
async def get_kpis(
    caller: UsageReader,
    platform: PlatformDep,
    question: Annotated[CallQuestion, Query()],
) -> KpiAnswer:
    """
    Tell how well calls went: all together, then by purpose; those that made vectors only where they are asked for.

    Without a time: of the last 30 days.
    """
    report = await traces.kpi_report(platform, caller.context, _filter(question))
    items = [KpiModel.model_validate(kpi) for kpi in map(traces.shares_of, report.figures)]
    return KpiAnswer.model_validate(
        {"from": report.since, "to": report.until, "currency": report.currency, "items": items}
    )


def _filter(question: CallQuestion) -> CallFilter:
    asked = question.model_dump(exclude={"from_", "to", "limit", "cursor"})
    return CallFilter(since=question.from_, until=question.to, **asked)


def _line(traced: traces.Traced) -> dict[str, Any]:
    names = (name for name in TraceLine.model_fields if name != "member_name")
    return {"member_name": traced.member_name, **{name: getattr(traced.card, name) for name in names}}
