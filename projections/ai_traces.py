"""Calls of models as somebody looks for them: the newest first, and by how they went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, case, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from projections.ai_calls_seen import CallFilter, conditions, seen
from projections.document_access import readable
from tenancy.context import TenantContext

COUNTED_MAX: Final = 10_001


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceCard:
    """
    A call in one line; `document_id` is None also where the reader may not read that document.

    `code` and `stage` tell why nobody answered; `times` is how many calls this one stands for.
    """

    call_id: UUID
    position: int
    at: datetime
    member_id: UUID | None
    key_id: UUID | None
    document_id: UUID | None
    conversation_id: UUID | None
    request_id: str
    endpoint: str
    purpose: str
    template: str
    provider: str
    model: str
    tags: Mapping[str, str]
    outcome: str
    code: str
    stage: str
    times: int
    settled: bool
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


async def page(
    connection: AsyncConnection,
    reader: TenantContext,
    wanted: CallFilter,
    *,
    first: int,
    before_position: int | None = None,
) -> list[TraceCard]:
    """Return up to `first` calls, the newest first, below a position of the log."""
    query = _cards(reader).where(*conditions(wanted)).order_by(seen.c.position.desc()).limit(first)
    if before_position is not None:
        query = query.where(seen.c.position < before_position)
    return [TraceCard(**row._mapping) for row in await connection.execute(query)]


async def count(connection: AsyncConnection, reader: TenantContext, wanted: CallFilter) -> int:
    """Return how many calls there are; COUNTED_MAX stands for that many or more."""
    c = seen.c
    some = select(c.call_id).where(c.tenant_id == reader.tenant_id, *conditions(wanted)).limit(COUNTED_MAX)
    return int(await connection.scalar(select(func.count()).select_from(some.subquery())) or 0)


async def card(
    connection: AsyncConnection, reader: TenantContext, call_id: UUID, position: int | None = None
) -> TraceCard | None:
    """Return one call of the reader's tenant: at this position, or what was tried last under its id."""
    query = _cards(reader).where(seen.c.call_id == call_id).order_by(seen.c.position.desc()).limit(1)
    if position is not None:
        query = query.where(seen.c.position == position)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else TraceCard(**row._mapping)


def _cards(reader: TenantContext) -> Select[Any]:
    names = [name for name in TraceCard.__dataclass_fields__ if name != "document_id"]
    document = case((readable(reader, seen.c.document_id), seen.c.document_id), else_=null())
    columns = [seen.c[name] for name in names]
    return select(*columns, document.label("document_id")).where(seen.c.tenant_id == reader.tenant_id)
