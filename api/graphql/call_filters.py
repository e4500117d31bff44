"""Which calls of models are looked for or counted, as GraphQL asks."""

from datetime import datetime
from uuid import UUID

import strawberry

from api import traces
from api.graphql.ids import parts, uuid_in
from projections.ai_calls_seen import CallFilter


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
    outcome: str | None = strawberry.field(default=None, description="answered, refused or failed.")
    code: str | None = strawberry.field(default=None, description="Why nobody answered, as ai.budget_exceeded.")
    stage: str | None = strawberry.field(default=None, description="Which stage refused, as reserved.")
    finish: str | None = strawberry.field(default=None, description="Why the answer ends.")
    degraded: bool | None = strawberry.field(default=None, description="Whether something stood in.")
    fell_back: bool | None = strawberry.field(default=None, description="Whether another model answered.")
    cached: bool | None = strawberry.field(default=None, description="Whether it was answered from what was kept.")
    cost_micros_min: int | None = strawberry.field(default=None, description="Millionths of its currency.")
    latency_ms_min: int | None = strawberry.field(default=None, description="At least so long.")


def filter_of(given: TraceFilterInput) -> CallFilter:
    """Return the question. Raises TracesRefused."""
    return CallFilter(
        since=given.from_, until=given.to, member_id=_own(given.member_id, "Member"),
        key_id=_own(given.key_id, "ApiKey"), provider=given.provider, model=given.model, purpose=given.purpose,
        endpoint=given.endpoint, request_id=given.request_id, tag=given.tag, tag_value=given.tag_value,
        outcome=given.outcome, code=given.code, stage=given.stage, finish=given.finish, degraded=given.degraded,
        fell_back=given.fell_back, cached=given.cached,
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
