"""What AI calls cost: each of them, and the sums that budgets are counted from; inline, so that no sum lags."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from cachetools import LRUCache
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Table, Text, Uuid, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.events import AiCallSettled, fell_back
from domain.budget.events import BudgetReset
from domain.ids import CallId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

Line = tuple[str, str, UUID, str]
"""Currency, scope, owner and period of a sum."""
Sum = tuple[int, int]
"""What was spent, and what of it is forgiven."""
SUMS_KEPT_MAX: Final = 10_000

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
    Column("request_id", Text),
    Column("first_token_milliseconds", Integer),
    Column("confidence_permille", Integer),
    Column("degraded", Text),
    Column("fell_back", Boolean),
    Column("experiment", Text),
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


# One statement and two parameters, however many rows there are: what a call adds counts where the call is new.
_TAKE: Final = text(
    f"WITH taken AS (INSERT INTO read.ai_calls ({', '.join(ai_calls.c.keys())}) "  # noqa: S608  # names of ours
    f"SELECT {', '.join(ai_calls.c.keys())} FROM jsonb_populate_recordset(NULL::read.ai_calls, CAST(:calls AS jsonb)) "
    "ON CONFLICT DO NOTHING RETURNING call_id) "
    "INSERT INTO read.ai_spend AS own (tenant_id, currency, scope, owner_id, period, spent_micros, forgiven_micros) "
    "SELECT a.tenant_id, a.currency, a.scope, a.owner_id, a.period, "
    "coalesce(sum(a.micros) FILTER (WHERE taken.call_id IS NOT NULL), 0), 0 "
    "FROM jsonb_to_recordset(CAST(:added AS jsonb)) a(call_id uuid, tenant_id uuid, currency text, scope text, "
    "owner_id uuid, period text, micros bigint) LEFT JOIN taken USING (call_id) "
    "GROUP BY 1, 2, 3, 4, 5 "
    # In one order everywhere, so that no two who add to the same sums wait for one another.
    "ORDER BY 2, 3, 4, 5 "
    "ON CONFLICT (tenant_id, currency, scope, owner_id, period) "
    "DO UPDATE SET spent_micros = own.spent_micros + excluded.spent_micros "
    "RETURNING currency, scope, owner_id, period, spent_micros, forgiven_micros"
)


class AiLedgerProjector:
    """Sums are added to once a call: the call's own row says whether it was counted."""

    name, version = "ai_ledger", 2
    handles: frozenset[type[Sealed]] = frozenset({AiCallSettled, BudgetReset})
    tables = (ai_calls, ai_spend)

    def __init__(self) -> None:
        # Sums only grow: what a transaction has seen after its own call is enough to settle that call.
        self.sums_after: LRUCache[CallId, Mapping[Line, Sum]] = LRUCache(SUMS_KEPT_MAX)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        calls = [(recorded, recorded.event) for recorded in batch if isinstance(recorded.event, AiCallSettled)]
        if calls:
            await self._take(calls, transaction)
        for recorded in batch:
            if isinstance(recorded.event, BudgetReset):
                await _forgive(recorded, recorded.event, transaction)

    async def _take(
        self, calls: Sequence[tuple[Recorded[Sealed], AiCallSettled]], transaction: AsyncConnection
    ) -> None:
        """One statement for all of them, however many: each call is waited for."""
        rows = msgspec.json.encode([_row(recorded, call) for recorded, call in calls]).decode()
        added = msgspec.json.encode([one for recorded, call in calls for one in _added(recorded, call)]).decode()
        found = await transaction.execute(_TAKE, {"calls": rows, "added": added})
        sums = {(r.currency, r.scope, r.owner_id, r.period): (r.spent_micros, r.forgiven_micros) for r in found}
        for _, call in calls:
            self.sums_after[call.call_id] = sums


def _added(recorded: Recorded[Sealed], call: AiCallSettled) -> Iterator[dict[str, object]]:
    for currency, scope, owner_id, period in _lines(recorded, call):
        yield {
            "call_id": call.call_id, "tenant_id": recorded.tenant_id, "currency": currency, "scope": scope,
            "owner_id": owner_id, "period": period, "micros": call.cost_micros,
        }  # fmt: skip


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


def _lines(recorded: Recorded[Sealed], call: AiCallSettled) -> Sequence[Line]:
    """The day of the recording: a call that ends after midnight is paid from the day that it ends in."""
    day, currency = day_of(recorded.recorded_at), call.currency
    lines: list[Line] = [
        (currency, "tenant_day", recorded.tenant_id, day),
        (currency, "tenant_month", recorded.tenant_id, day[:7]),
    ]
    if call.member_id is not None:
        lines.append((currency, "member_day", call.member_id, day))
    if call.key_id is not None:
        lines.append((currency, "key_day", call.key_id, day))
    return lines


async def sums(connection: AsyncConnection, tenant_id: TenantId, lines: Sequence[Line]) -> list[Sum]:
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
        "request_id": call.request_id,
        "first_token_milliseconds": call.first_token_milliseconds,
        "confidence_permille": call.confidence_permille,
        "degraded": call.degraded,
        "fell_back": fell_back(call),
        "experiment": call.experiment,
    }
