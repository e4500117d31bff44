"""Calls of models as somebody looks for them: the newest first, and by how they went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from projections.ai_ledger import ai_calls
from projections.document_access import readable
from tenancy.context import TenantContext

COUNTED_MAX: Final = 10_001


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFilter:
    """What is None is not asked; a tag's value is asked together with its name."""

    since: datetime | None = None
    until: datetime | None = None
    member_id: UUID | None = None
    key_id: UUID | None = None
    provider: str | None = None
    model: str | None = None
    """As provider/model."""
    purpose: str | None = None
    endpoint: str | None = None
    request_id: str | None = None
    tag: str | None = None
    tag_value: str | None = None
    finish: str | None = None
    degraded: bool | None = None
    fell_back: bool | None = None
    cached: bool | None = None
    cost_micros_min: int | None = None
    latency_milliseconds_min: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceCard:
    """A call in one line; `document_id` is None also where the reader may not read that document."""

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
    wanted: TraceFilter,
    *,
    first: int,
    before_position: int | None = None,
) -> list[TraceCard]:
    """Return up to `first` calls, the newest first, below a position of the log."""
    query = _cards(reader).where(*_conditions(wanted)).order_by(ai_calls.c.position.desc()).limit(first)
    if before_position is not None:
        query = query.where(ai_calls.c.position < before_position)
    return [TraceCard(**row._mapping) for row in await connection.execute(query)]


async def count(connection: AsyncConnection, reader: TenantContext, wanted: TraceFilter) -> int:
    """Return how many calls there are; COUNTED_MAX stands for that many or more."""
    c = ai_calls.c
    some = select(c.call_id).where(c.tenant_id == reader.tenant_id, *_conditions(wanted)).limit(COUNTED_MAX)
    return int(await connection.scalar(select(func.count()).select_from(some.subquery())) or 0)


async def card(connection: AsyncConnection, reader: TenantContext, call_id: UUID) -> TraceCard | None:
    """Return one call of the reader's tenant."""
    row = (await connection.execute(_cards(reader).where(ai_calls.c.call_id == call_id))).one_or_none()
    return None if row is None else TraceCard(**row._mapping)


def _cards(reader: TenantContext) -> Select[Any]:
    names = [name for name in TraceCard.__dataclass_fields__ if name != "document_id"]
    document = case((readable(reader, ai_calls.c.document_id), ai_calls.c.document_id), else_=null())
    columns = [ai_calls.c[name] for name in names]
    return select(*columns, document.label("document_id")).where(ai_calls.c.tenant_id == reader.tenant_id)


def _conditions(wanted: TraceFilter) -> Sequence[ColumnElement[bool]]:
    c = ai_calls.c
    equal: dict[ColumnElement[Any], object] = {
        c.member_id: wanted.member_id,
        c.key_id: wanted.key_id,
        c.provider: wanted.provider,
        c.purpose: wanted.purpose,
        c.endpoint: wanted.endpoint,
        c.request_id: wanted.request_id,
        c.finish_reason: wanted.finish,
        c.fell_back: wanted.fell_back,
        c.cached: wanted.cached,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.model is not None:
        provider, _, model = wanted.model.partition("/")
        found += [c.provider == provider, c.model == model]
    if wanted.degraded is not None:
        found.append((c.degraded != "") if wanted.degraded else (c.degraded == ""))
    if wanted.tag is not None:
        found.append(c.tags.has_key(wanted.tag))
        if wanted.tag_value is not None:
            found.append(c.tags[wanted.tag].astext == wanted.tag_value)
    if wanted.cost_micros_min is not None:
        found.append(c.cost_micros >= wanted.cost_micros_min)
    if wanted.latency_milliseconds_min is not None:
        found.append(c.latency_milliseconds >= wanted.latency_milliseconds_min)
    if wanted.since is not None:
        found.append(c.at >= wanted.since)
    if wanted.until is not None:
        found.append(c.at < wanted.until)
    return found
