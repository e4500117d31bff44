"""What AI has cost, summed up as somebody asks for it; answered from the ledger's own rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, case, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from projections import document_library
from projections.ai_ledger import ai_calls
from projections.directory import members_by_id
from projections.document_access import readable
from tenancy.context import TenantContext

ROWS_MAX = 1_000
LATENCY_OF: Final = timedelta(days=1)


class Dimension(StrEnum):
    """What calls are grouped by."""

    DAY = "day"
    MEMBER = "member"
    MODEL = "model"
    DOCUMENT = "document"
    PURPOSE = "purpose"
    PROVIDER = "provider"
    API_KEY = "api_key"
    TEMPLATE = "template"
    ENDPOINT = "endpoint"
    TAG = "tag"


Key = UUID | str | None

_COLUMNS: Final[Mapping[Dimension, ColumnElement[Any]]] = {
    Dimension.DAY: ai_calls.c.day,
    Dimension.MEMBER: ai_calls.c.member_id,
    Dimension.MODEL: ai_calls.c.provider.concat("/").concat(ai_calls.c.model),
    Dimension.PURPOSE: ai_calls.c.purpose,
    Dimension.PROVIDER: ai_calls.c.provider,
    Dimension.API_KEY: ai_calls.c.key_id,
    Dimension.TEMPLATE: ai_calls.c.template,
    Dimension.ENDPOINT: ai_calls.c.endpoint,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One group; `labels` are the names of those keys that have one. Cached input counts as input."""

    keys: Mapping[Dimension, Key]
    labels: Mapping[Dimension, str]
    calls: int
    input_tokens: int
    output_tokens: int
    cost_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """
    `complete` is False when there were more groups than are shown; the totals are those of all calls.

    `per_tag_micros` is what a value of the tag cost on average, when that alone was asked for: an order, a lead.
    """

    rows: Sequence[UsageRow]
    calls: int
    cost_micros: int
    complete: bool
    per_tag_micros: int | None = None


async def usage(
    connection: AsyncConnection,
    reader: TenantContext,
    *,
    since: datetime,
    until: datetime,
    group_by: Sequence[Dimension],
    currency: str,
    tag: str | None = None,
    rows_max: int = ROWS_MAX,
) -> Usage:
    """
    Sum up the calls settled from `since` to before `until` in one currency: days in order, anything else dearest first.

    A call has many tags; grouped by TAG it counts for its value of the one that is named `tag`.
    """
    settled = (
        select(
            *(_column(dimension, reader, tag).label(dimension) for dimension in group_by),
            ai_calls.c.input_tokens,
            ai_calls.c.output_tokens,
            ai_calls.c.cost_micros,
        )
        .where(
            ai_calls.c.tenant_id == reader.tenant_id,
            ai_calls.c.at >= since,
            ai_calls.c.at < until,
            ai_calls.c.currency == currency,
        )
        .subquery()
    )
    columns = [settled.c[dimension] for dimension in group_by]
    cost, calls = func.sum(settled.c.cost_micros), func.count()
    query = (
        select(
            *columns,
            calls.label("calls"),
            func.sum(settled.c.input_tokens).label("input_tokens"),
            func.sum(settled.c.output_tokens).label("output_tokens"),
            cost.label("cost_micros"),
            # Over all groups, in the same statement: rows and totals are of one moment.
            func.sum(calls).over().label("all_calls"),
            func.sum(cost).over().label("all_micros"),
            func.count().over().label("all_groups"),
            func.count().filter(columns[0].is_not(None)).over().label("named_groups"),
            func.sum(cost).filter(columns[0].is_not(None)).over().label("named_micros"),
        )
        .group_by(*columns)
        .order_by(*([columns[0]] if group_by[0] is Dimension.DAY else []), cost.desc(), *columns)
        .limit(rows_max)
    )
    found = (await connection.execute(query)).mappings().all()
    labels = await _labels(connection, reader, group_by, found)
    first = found[0] if found else None
    return Usage(
        rows=[_row(row, group_by, labels) for row in found],
        calls=int(first["all_calls"]) if first else 0,
        cost_micros=int(first["all_micros"]) if first else 0,
        complete=first is None or first["all_groups"] == len(found),
        per_tag_micros=int(first["named_micros"]) // int(first["named_groups"])
        if first and first["named_groups"] and list(group_by) == [Dimension.TAG]
        else None,
    )


async def currencies(connection: AsyncConnection, reader: TenantContext, since: datetime, until: datetime) -> list[str]:
    """Return the currencies in which the calls of a period were paid."""
    query = (
        select(ai_calls.c.currency)
        .where(ai_calls.c.tenant_id == reader.tenant_id, ai_calls.c.at >= since, ai_calls.c.at < until)
        .distinct()
        .order_by(ai_calls.c.currency)
    )
    return list(await connection.scalars(query))


async def latencies(
    connection: AsyncConnection, reader: TenantContext, *, now: datetime
) -> Mapping[tuple[str, str], int]:
    """Return, by provider and model, within how many milliseconds 95 of 100 of the last day's calls were answered."""
    query = (
        select(
            ai_calls.c.provider,
            ai_calls.c.model,
            func.percentile_disc(0.95).within_group(ai_calls.c.latency_milliseconds).label("p95"),
        )
        .where(
            ai_calls.c.tenant_id == reader.tenant_id, ai_calls.c.at >= now - LATENCY_OF, ai_calls.c.cached.is_(False)
        )
        .group_by(ai_calls.c.provider, ai_calls.c.model)
    )
    return {(row.provider, row.model): int(row.p95) for row in await connection.execute(query)}


def _column(dimension: Dimension, reader: TenantContext, tag: str | None) -> ColumnElement[Any]:
    if dimension is Dimension.TAG:
        value: ColumnElement[Any] = ai_calls.c.tags[tag].astext
        return value
    if dimension is Dimension.DOCUMENT:
        return case((readable(reader, ai_calls.c.document_id), ai_calls.c.document_id), else_=null())
    return _COLUMNS[dimension]


async def _labels(
    connection: AsyncConnection, reader: TenantContext, group_by: Sequence[Dimension], rows: Sequence[RowMapping]
) -> dict[UUID, str]:
    """Return the names of people and documents; ids are unique across both."""
    names: dict[UUID, str] = {}
    if Dimension.MEMBER in group_by:
        ids = [row["member"] for row in rows if row["member"] is not None]
        names |= {id_: card.name for id_, card in (await members_by_id(connection, reader.tenant_id, ids)).items()}
    if Dimension.DOCUMENT in group_by:
        ids = [row["document"] for row in rows if row["document"] is not None]
        cards = await document_library.cards_by_id(connection, reader, ids)
        names |= {id_: card.title for id_, card in cards.items()}
    return names


def _row(row: RowMapping, group_by: Sequence[Dimension], names: Mapping[UUID, str]) -> UsageRow:
    keys = {dimension: row[dimension] for dimension in group_by}
    return UsageRow(
        keys=keys,
        labels={dimension: names[key] for dimension, key in keys.items() if isinstance(key, UUID) and key in names},
        calls=int(row["calls"]),
        input_tokens=int(row["input_tokens"]),
        output_tokens=int(row["output_tokens"]),
        cost_micros=int(row["cost_micros"]),
    )
