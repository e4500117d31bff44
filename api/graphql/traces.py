"""Calls of models one by one, and how well they went together, as GraphQL shows them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api import traces
from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.key_figures import Kpi
from api.graphql.operation import Info
from api.graphql.usage import Money
from domain.ai.decisions import NoSuchAiCall
from domain.ai.steps import CallStep
from projections.ai_traces import TraceFilter
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
    route_reason: str = strawberry.field(description="Why this model.")
    attempts: list[str] = strawberry.field(description="Who was asked, and what came of it.")
    steps: list[TraceStep] = strawberry.field(description="What its time went into, in the order of their begin.")
    tokens: JSON = strawberry.field(description="By bucket, disjoint.")
    reserved: Money = strawberry.field(description="What was held for it.")
    template_version: int = strawberry.field(description="Of its prompt's template.")
    masked: JSON = strawberry.field(description="How many pieces of personal data were masked, by kind.")
    findings: JSON = strawberry.field(description="Rules that found something, each with how often.")
    verdicts: JSON = strawberry.field(description="What each check decided.")


@strawberry.type(description="One call of a model.")
class TracedCall:
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
            call_id=str(card.call_id),
            at=card.at,
            member_id=None if card.member_id is None else global_id("Member", card.member_id),
            member_name=traced.member_name,
            document_id=None if card.document_id is None else global_id("Document", card.document_id),
            request_id=card.request_id,
            endpoint=card.endpoint,
            purpose=card.purpose,
            model=f"{card.provider}/{card.model}",
            tags=JSON(card.tags),
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
        settled = (await traces.trace(info.context.platform, info.context.tenant, UUID(self.call_id))).settled
        return TraceDetail(
            route_reason=settled.route_reason,
            attempts=list(settled.attempts),
            steps=[TraceStep.of(step) for step in settled.steps],
            tokens=JSON(
                {
                    "input": settled.input_tokens,
                    "cacheRead": settled.cache_read_tokens,
                    "cacheWrite": settled.cache_write_tokens,
                    "output": settled.output_tokens,
                    "reasoning": settled.reasoning_tokens,
                }
            ),
            reserved=Money.of(settled.reserved_micros, settled.currency),
            template_version=settled.template_version,
            masked=JSON(dict(settled.masked)),
            findings=JSON(dict(settled.findings)),
            verdicts=JSON(dict(settled.verdicts)),
        )


@strawberry.input(description="Which calls; what is not said is not asked.")
class TraceFilterInput:
    from_: datetime | None = strawberry.field(default=None, name="from", description="With its offset from UTC.")
    to: datetime | None = strawberry.field(default=None, description="Not included.")
    member_id: strawberry.ID | None = strawberry.field(default=None, description="Who asked.")
    key_id: strawberry.ID | None = strawberry.field(default=None, description="With which API key.")
    provider: str | None = strawberry.field(default=None, description="The account that answered.")
    model: str | None = strawberry.field(default=None, description="As provider/model.")
    purpose: str | None = strawberry.field(default=None, description="What for.")
    endpoint: str | None = strawberry.field(default=None, description="Where it was asked for.")
    request_id: str | None = strawberry.field(default=None, description="As the answer's X-Request-ID.")
    tag: str | None = strawberry.field(default=None, description="Calls that have this tag.")
    tag_value: str | None = strawberry.field(default=None, description="With this value of the tag.")
    finish: str | None = strawberry.field(default=None, description="Why the answer ends.")
    degraded: bool | None = strawberry.field(default=None, description="Whether something stood in.")
    fell_back: bool | None = strawberry.field(default=None, description="Whether another model answered.")
    cached: bool | None = strawberry.field(default=None, description="Whether it was answered from what was kept.")
    cost_micros_min: int | None = strawberry.field(default=None, description="Millionths of its currency.")
    latency_ms_min: int | None = strawberry.field(default=None, description="At least so long.")


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
        operation, wanted = info.context, _filter(filter or TraceFilterInput())
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
    ) -> list[Kpi]:
        report = await traces.kpi_report(info.context.platform, info.context.tenant, from_, to)
        return [Kpi.of(traces.shares_of(figures), report.currency) for figures in report.figures]


def _count(info: Info, wanted: TraceFilter) -> Callable[[], Awaitable[int]]:
    return lambda: traces.trace_count(info.context.platform, info.context.tenant, wanted)


def _filter(given: TraceFilterInput) -> TraceFilter:
    return TraceFilter(
        since=given.from_, until=given.to, member_id=_own(given.member_id, "Member"),
        key_id=_own(given.key_id, "ApiKey"), provider=given.provider, model=given.model, purpose=given.purpose,
        endpoint=given.endpoint, request_id=given.request_id, tag=given.tag, tag_value=given.tag_value,
        finish=given.finish, degraded=given.degraded, fell_back=given.fell_back, cached=given.cached,
        cost_micros_min=given.cost_micros_min, latency_milliseconds_min=given.latency_ms_min,
    )  # fmt: skip


def _own(given: strawberry.ID | None, kind: str) -> UUID | None:
    """Return the key of a global id. Raises TracesRefused for an id of something else."""
    match None if given is None else parts(given):
        case None if given is None:
            return None
        case (of, key) if of == kind and (found := uuid_in(key)):
            return found
        case _:
            raise traces.TracesRefused
