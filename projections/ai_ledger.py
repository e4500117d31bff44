"""What AI calls cost: each of them, and the sums that budgets are counted from; inline, so that no sum lags."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, Text, Uuid, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.events import AiCallSettled
from domain.budget.events import BudgetReset
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
    Column("currency", Text),
    Column("micros_per_usd", BigInteger),
    Column("endpoint", Text),
    Column("tags", JSONB),
    Column("tokens", JSONB),
    Column("rates", JSONB),
    Column("other_legs_micros", BigInteger),
)

ai_spend = Table(
    "ai_spend",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("owner_id", Uuid, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("spent_micros", BigInteger),
    Column("forgiven_micros", BigInteger),
)


class AiLedgerProjector:
    """Sums are added to once a call: the call's own row says whether it was counted."""

    name, version = "ai_ledger", 2
    handles: frozenset[type[Sealed]] = frozenset({AiCallSettled, BudgetReset})
    tables = (ai_calls, ai_spend)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            call = recorded.event
            if isinstance(call, BudgetReset):
                await _forgive(recorded, call, transaction)
                continue
            assert isinstance(call, AiCallSettled)
            made = await transaction.execute(
                insert(ai_calls).values(_row(recorded, call)).on_conflict_do_nothing().returning(ai_calls.c.call_id)
            )
            if made.one_or_none() is None:
                continue
            # The day of the recording: a call that ends after midnight is paid from the day that it ends in.
            for scope, owner_id, period in sorted(_lines(recorded, call)):
                put = insert(ai_spend).values(
                    tenant_id=recorded.tenant_id,
                    currency=call.currency,
                    scope=scope,
                    owner_id=owner_id,
                    period=period,
                    spent_micros=call.cost_micros,
                    forgiven_micros=0,
                )
                await transaction.execute(
                    put.on_conflict_do_update(
                        index_elements=[column.name for column in ai_spend.primary_key],
                        set_={"spent_micros": ai_spend.c.spent_micros + put.excluded.spent_micros},
                    )
                )


async def _forgive(recorded: Recorded[Sealed], reset: BudgetReset, transaction: AsyncConnection) -> None:
    """A sum stays what it is; beside it stands what of it no longer counts."""
    put = insert(ai_spend).values(
        tenant_id=recorded.tenant_id,
        currency=reset.currency,
        scope=reset.scope,
        owner_id=reset.owner_id,
        period=reset.period,
        spent_micros=0,
        forgiven_micros=reset.forgiven_micros,
    )
    await transaction.execute(
        put.on_conflict_do_update(
            index_elements=[column.name for column in ai_spend.primary_key],
            set_={"forgiven_micros": func.greatest(ai_spend.c.forgiven_micros, put.excluded.forgiven_micros)},
        )
    )


def _lines(recorded: Recorded[Sealed], call: AiCallSettled) -> Sequence[tuple[str, UUID, str]]:
    day = day_of(recorded.recorded_at)
    lines: list[tuple[str, UUID, str]] = [
        ("tenant_day", recorded.tenant_id, day),
        ("tenant_month", recorded.tenant_id, day[:7]),
    ]
    if call.member_id is not None:
        lines.append(("member_day", call.member_id, day))
    if call.key_id is not None:
        lines.append(("key_day", call.key_id, day))
    return lines


async def sums(
    connection: AsyncConnection, tenant_id: TenantId, lines: Sequence[tuple[str, str, UUID, str]]
) -> list[tuple[int, int]]:
    """Return what each (currency, scope, owner, period) has spent and what of it was forgiven; 0 where nothing was."""
    key = (ai_spend.c.currency, ai_spend.c.scope, ai_spend.c.owner_id, ai_spend.c.period)
    query = select(*key, ai_spend.c.spent_micros, ai_spend.c.forgiven_micros).where(
        ai_spend.c.tenant_id == tenant_id, tuple_(*key).in_(list(lines))
    )
    found = {
        (row.currency, row.scope, row.owner_id, row.period): (int(row.spent_micros), int(row.forgiven_micros))
        for row in await connection.execute(query)
    }
    return [found.get(line, (0, 0)) for line in lines]


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
        "currency": call.currency,
        "micros_per_usd": call.micros_per_usd,
        "endpoint": call.endpoint,
        "tags": dict(call.tags),
        "tokens": {
            "input": call.input_tokens,
            "cache_read": call.cache_read_tokens,
            "cache_write": call.cache_write_tokens,
            "output": call.output_tokens,
            "reasoning": call.reasoning_tokens,
        },
        "rates": dict(call.rates_micros_per_million),
        "other_legs_micros": call.other_legs_micros,
    }
