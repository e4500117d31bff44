"""What AI calls cost: each of them, and the sums that budgets are counted from; inline, so that no sum lags."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, Text, Uuid, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.events import AiCallSettled
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

ai_calls = Table(
    "ai_calls",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("call_id", Uuid, primary_key=True),
    Column("position", BigInteger),
    Column("at", DateTime(timezone=True)),
    Column("day", Text),
    Column("member_id", Uuid),
    Column("key_id", Uuid),
    Column("document_id", Uuid),
    Column("conversation_id", Uuid),
    Column("purpose", Text),
    Column("template", Text),
    Column("provider", Text),
    Column("model", Text),
    Column("requests", Integer),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cost_micros", BigInteger),
    Column("cached", Boolean),
    Column("estimated", Boolean),
    Column("finish_reason", Text),
    Column("latency_milliseconds", Integer),
)

ai_spend = Table(
    "ai_spend",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("owner_id", Uuid, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("spent_micros", BigInteger),
)


class AiLedgerProjector:
    """Sums are added to once a call: the call's own row says whether it was counted."""

    name, version = "ai_ledger", 1
    handles: frozenset[type[Sealed]] = frozenset({AiCallSettled})
    tables = (ai_calls, ai_spend)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            call = recorded.event
            assert isinstance(call, AiCallSettled)
            made = await transaction.execute(
                insert(ai_calls).values(_row(recorded, call)).on_conflict_do_nothing().returning(ai_calls.c.call_id)
            )
            if made.one_or_none() is None:
                continue
            # The day of the recording: a call that ends after midnight is paid from the day that it ends in.
            day = day_of(recorded.recorded_at)
            lines = [("tenant_day", recorded.tenant_id, day), ("tenant_month", recorded.tenant_id, day[:7])]
            if call.member_id is not None:
                lines.append(("member_day", TenantId(call.member_id), day))
            for scope, owner_id, period in sorted(lines):
                put = insert(ai_spend).values(
                    tenant_id=recorded.tenant_id,
                    scope=scope,
                    owner_id=owner_id,
                    period=period,
                    spent_micros=call.cost_micros,
                )
                await transaction.execute(
                    put.on_conflict_do_update(
                        index_elements=[column.name for column in ai_spend.primary_key],
                        set_={"spent_micros": ai_spend.c.spent_micros + put.excluded.spent_micros},
                    )
                )


async def spent_micros(
    connection: AsyncConnection, tenant_id: TenantId, lines: Sequence[tuple[str, Any, str]]
) -> list[int]:
    """Return what each (scope, owner, period) has spent; 0 for one that never did."""
    query = select(ai_spend.c.scope, ai_spend.c.owner_id, ai_spend.c.period, ai_spend.c.spent_micros).where(
        ai_spend.c.tenant_id == tenant_id,
        tuple_(ai_spend.c.scope, ai_spend.c.owner_id, ai_spend.c.period).in_(list(lines)),
    )
    found = {(row.scope, row.owner_id, row.period): int(row.spent_micros) for row in await connection.execute(query)}
    return [found.get(line, 0) for line in lines]


def day_of(moment: datetime) -> str:
    """Return the day of a recording as budgets name it; the log's times are in UTC."""
    return moment.strftime("%Y-%m-%d")


def _row(recorded: Recorded[Sealed], call: AiCallSettled) -> dict[str, object]:
    return {
        "tenant_id": recorded.tenant_id,
        "call_id": call.call_id,
        "position": recorded.position,
        "at": recorded.recorded_at,
        "day": day_of(recorded.recorded_at),
        "member_id": call.member_id,
        "key_id": call.key_id,
        "document_id": call.document_id,
        "conversation_id": call.conversation_id,
        "purpose": call.purpose,
        "template": call.template,
        "provider": call.provider,
        "model": call.model,
        "requests": 1,
        "input_tokens": call.input_tokens + call.cache_read_tokens + call.cache_write_tokens,
        "output_tokens": call.output_tokens + call.reasoning_tokens,
        "cost_micros": call.cost_micros,
        "cached": call.cached,
        "estimated": call.estimated,
        "finish_reason": call.finish_reason,
        "latency_milliseconds": call.latency_milliseconds,
    }
