"""Calls of models that nobody answered, each as a line."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.unanswered import AiCallFailed, AiCallRefused, AiCallUnanswered, CallOutcome
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

ai_unanswered = Table(
    "ai_unanswered",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("call_id", Uuid),
    Column("at", DateTime(timezone=True)),
    Column("member_id", Uuid),
    Column("key_id", Uuid),
    Column("document_id", Uuid),
    Column("conversation_id", Uuid),
    Column("request_id", Text),
    Column("endpoint", Text),
    Column("purpose", Text),
    Column("template", Text),
    Column("provider", Text),
    Column("model", Text),
    Column("tags", JSONB),
    Column("experiment", Text),
    Column("outcome", Text),
    Column("code", Text),
    Column("stage", Text),
    Column("times", Integer),
    Column("latency_milliseconds", Integer),
)


class AiUnansweredProjector:
    name, version = "ai_unanswered", 1
    handles: frozenset[type[Sealed]] = frozenset({AiCallRefused, AiCallFailed})
    tables = (ai_unanswered,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            call = recorded.event
            assert isinstance(call, AiCallUnanswered)
            await transaction.execute(insert(ai_unanswered).values(_row(recorded, call)).on_conflict_do_nothing())


def _row(recorded: Recorded[Sealed], call: AiCallUnanswered) -> dict[str, object]:
    provider, known, model = call.model.partition("/")
    return {
        "tenant_id": recorded.tenant_id,
        "position": recorded.position,
        "call_id": call.call_id,
        "at": recorded.recorded_at,
        "member_id": call.member_id,
        "key_id": call.key_id,
        "document_id": call.document_id,
        "conversation_id": call.conversation_id,
        "request_id": call.request_id,
        "endpoint": call.endpoint,
        "purpose": call.purpose,
        "template": call.template,
        "provider": provider if known else "",
        "model": model if known else call.model,
        "tags": dict(call.tags),
        "experiment": call.experiment,
        "outcome": CallOutcome.REFUSED if isinstance(call, AiCallRefused) else CallOutcome.FAILED,
        "code": call.code,
        "stage": call.stage,
        "times": call.times,
        "latency_milliseconds": call.latency_milliseconds,
    }
