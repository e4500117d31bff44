"""Calls of models one by one, and how well they went together, as GraphQL shows them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from api import traces
from api.graphql.authorisation import Requires
from api.graphql.call_filters import TraceFilterInput, filter_of
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id, uuid_in
from api.graphql.key_figures import Kpi
from api.graphql.operation import Info
from api.graphql.usage import Money
from api.trace_contents import content
from domain.ai.decisions import NoContentKept, NoSuchAiCall
from domain.ai.steps import CallStep
from projections.ai_calls_seen import CallFilter
from tenancy.roles import Permission


@strawberry.type(description="What a part of a call's time went into; attempts may overlap.")
class TraceStep:
    kind: str = strawberry.field(description="A stage, an attempt at a model, or a repair of its answer.")
    name: str = strawberry.field(description="The stage, or the model as provider/model.")
    began_us: int = strawberry.field(description="Microseconds after the call's own begin.")
    took_us: int = strawberry.field(description="In microseconds.")
    first_word_us: int | None = strawberry.field(description="How long after its begin the model said something.")
    outcome: str = strawberry.field(description="Empty of a stage that let the call pass.")

    @classmethod
    def of(cls, step: CallStep) -> Self:
        return cls(
            kind=step.kind,
            name=step.name,
            began_us=step.began_microseconds,
            took_us=step.took_microseconds,
            first_word_us=step.first_word_microseconds,
            outcome=step.outcome,
        )


@strawberry.type(description="What the ledger says of one call beside its line; no word of prompt or answer.")
class TraceDetail:
    detail: str = strawberry.field(description="Which budget, limit or rules refused it.")
    route_reason: str = strawberry.field(description="Why this model.")
    attempts: list[str] = strawberry.field(description="Who was asked, and what came of it.")
    steps: list[TraceStep] = strawberry.field(description="What its time went into, in the order of their begin.")
    tokens: JSON = strawberry.field(description="By bucket, disjoint.")
    reserved: Money = strawberry.field(description="What was held for it.")
    template_version: int = strawberry.field(description="Of its prompt's template.")
    masked: JSON = strawberry.field(description="How many pieces of personal data were masked, by kind.")
    findings: JSON = strawberry.field(description="Rules that found something, each with how often.")
    verdicts: JSON = strawberry.field(description="What each check decided.")


@strawberry.type(description="One speaker's words in a call, masked.")
class TraceTurn:
    speaker: str = strawberry.field(description="system, user, assistant or tool.")
    text: str = strawberry.field(description="Personal data is placeholders.")


@strawberry.type(description="One call of a model.")
class TracedCall:
    position: strawberry.Private[int]
    call_id: str = strawberry.field(description="As the ledger knows it.")
    at: datetime = strawberry.field(description="When it was settled.")
    member_id: strawberry.ID | None = strawberry.field(description="Who asked.")
    member_name: str | None = strawberry.field(description="Their name.")
    document_id: strawberry.ID | None = strawberry.field(description="Null also where you may not read it.")
    request_id: str = strawberry.field(description="As the answer's X-Request-ID.")
    endpoint: str = strawberry.field(description="Where it was asked for.")
    purpose: str = strawberry.field(description="What the answer was for.")
    model: str = strawberry.field(description="As provider/model.")
    tags: JSON = strawberry.field(description="What its cost is seen by.")
    outcome: str = strawberry.field(description="answered, refused or failed; also of an answer that broke off.")
    code: str = strawberry.field(description="Why nobody answered; empty where somebody did.")
    stage: str = strawberry.field(description="Which stage refused it; empty where the models failed.")
    times: int = strawberry.field(description="How many calls it stands for: a flood is told as a few.")
    finish_reason: str = strawberry.field(description="Why the answer ends.")
    degraded: str = strawberry.field(description="What stands in for the wanted answer; empty for that itself.")
    fell_back: bool = strawberry.field(description="Whether another model answered than was asked first.")
    cached: bool = strawberry.field(description="Whether it was answered by what was answered before.")
    cost: Money = strawberry.field(description="What it cost.")
    latency_ms: int = strawberry.field(description="From the wish to the end of the answer.")
    first_token_ms: int | None = strawberry.field(description="From the wish to the first word.")
    confidence: float | None = strawberry.field(description="How probably the answer is a good one.")
    experiment: str = strawberry.field(description="Which arm of which experiment it was; empty outside of one.")

    @classmethod
    def of(cls, traced: traces.Traced) -> Self:
        card = traced.card
        return cls(
            position=card.position,
            call_id=str(card.call_id),
            at=card.at,
            member_id=None if card.member_id is None else global_id("Member", card.member_id),
            member_name=traced.member_name,
            document_id=None if card.document_id is None else global_id("Document", card.document_id),
            request_id=card.request_id,
            endpoint=card.endpoint,
            purpose=card.purpose,
            model=f"{card.provider}/{card.model}" if card.provider else card.model,
            tags=JSON(card.tags),
            outcome=card.outcome,
            code=card.code,
            stage=card.stage,
            times=card.times,
            finish_reason=card.finish_reason,
            degraded=card.degraded,
            fell_back=card.fell_back,
            cached=card.cached,
            cost=Money.of(card.cost_micros, card.currency),
            latency_ms=card.latency_milliseconds,
            first_token_ms=card.first_token_milliseconds,
            confidence=None if card.confidence_permille is None else card.confidence_permille / 1000,
            experiment=card.experiment,
        )

    @resolved("Everything that the ledger says of it.")
    async def detail(self, info: Info) -> TraceDetail:
        operation = info.context
        found = await traces.trace(operation.platform, operation.tenant, UUID(self.call_id), self.position)
        fact, settled = found.fact, found.settled
        return TraceDetail(
            detail=found.detail,
            route_reason=fact.route_reason,
            attempts=list(fact.attempts),
            steps=[TraceStep.of(step) for step in fact.steps],
            tokens=JSON({to_camel_case(bucket): count for bucket, count in found.tokens.items()}),
            reserved=Money.of(0 if settled is None else settled.reserved_micros, found.traced.card.currency),
            template_version=fact.template_version,
            masked=JSON(dict(fact.masked)),
            findings=JSON(dict(fact.findings)),
            verdicts=JSON(dict(fact.verdicts)),
        )

    @resolved(
        "What was said, the answer last; null where the tenant keeps nothing or you may not read it.",
        Requires(Permission.MODERATION_REVIEW),
    )
    async def content(self, info: Info) -> list[TraceTurn] | None:
        try:
            kept = await content(info.context.platform, info.context.tenant, UUID(self.call_id))
        except NoContentKept:
            return None
        return [TraceTurn(speaker=turn.speaker, text=turn.text) for turn in kept.turns]


@strawberry.type
class TracesQuery:
    @resolved("Calls of models, the newest first.", Requires(Permission.USAGE_READ))
    async def traces(
        self,
        info: Info,
        filter: Annotated[TraceFilterInput | None, strawberry.argument(description="Which.")] = None,  # noqa: A002
        first: First = None,
        after: After = None,
    ) -> Connection[TracedCall]:
        operation, wanted = info.context, filter_of(filter or TraceFilterInput())
        cursors = cursors_of(operation, "traces")
        asked = window(cursors, first=first, after=after)
        before = None if asked.after is None else int(asked.after[0])
        found = await traces.trace_page(
            operation.platform, operation.tenant, wanted, first=asked.size + 1, before_position=before
        )
        return connection(
            found,
            asked,
            node=TracedCall.of,
            cursor=lambda one: cursors.encode(one.card.position),
            count=_count(info, wanted),
        )

    @resolved("One call of a model; null where there is none.", Requires(Permission.USAGE_READ))
    async def trace(
        self, info: Info, call_id: Annotated[str, strawberry.argument(description="As the ledger knows it.")]
    ) -> TracedCall | None:
        if (found := uuid_in(call_id)) is None:
            return None
        try:
            return TracedCall.of((await traces.trace(info.context.platform, info.context.tenant, found)).traced)
        except NoSuchAiCall:
            return None

    @resolved("How well calls went: all together, then by purpose.", Requires(Permission.USAGE_READ))
    async def kpis(
        self,
        info: Info,
        from_: Annotated[datetime | None, strawberry.argument(name="from", description="Default: 30 days ago.")] = None,
        to: Annotated[datetime | None, strawberry.argument(description="Not included; default: now.")] = None,
        filter: Annotated[TraceFilterInput | None, strawberry.argument(description="Of which.")] = None,  # noqa: A002
    ) -> list[Kpi]:
        asked = filter_of(filter or TraceFilterInput())
        wanted = replace(asked, since=from_ or asked.since, until=to or asked.until)
        report = await traces.kpi_report(info.context.platform, info.context.tenant, wanted)
        return [Kpi.of(traces.shares_of(figures), report.currency) for figures in report.figures]


def _count(info: Info, wanted: CallFilter) -> Callable[[], Awaitable[int]]:
    return lambda: traces.trace_count(info.context.platform, info.context.tenant, wanted)
