"""Who did what to what, and when: the log's envelopes under a filter, read from the log itself."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.evidence.entries import AuditFilter, streams_of
from domain.ids import TenantId
from projections.event_feed import Envelope, events

PAGE_ENTRIES_MAX = 100
COUNTED_ENTRIES_MAX = 10_001

_ENVELOPE = [events.c[name] for name in Envelope.__dataclass_fields__]


async def page(
    connection: AsyncConnection,
    tenant_id: TenantId,
    wanted: AuditFilter,
    *,
    first: int,
    beyond: int | None = None,
    oldest_first: bool = False,
) -> list[Envelope]:
    """Return up to `first` envelopes beyond a position, newest first unless said otherwise."""
    order = events.c.position.asc() if oldest_first else events.c.position.desc()
    query = select(*_ENVELOPE).where(*_matching(tenant_id, wanted)).order_by(order)
    if beyond is not None:
        query = query.where(events.c.position > beyond if oldest_first else events.c.position < beyond)
    rows = await connection.execute(query.limit(min(first, PAGE_ENTRIES_MAX + 1)))
    return [Envelope(**row._mapping) for row in rows]


async def count(connection: AsyncConnection, tenant_id: TenantId, wanted: AuditFilter) -> int:
    """Return how many entries match, counting no further than COUNTED_ENTRIES_MAX."""
    found = select(events.c.position).where(*_matching(tenant_id, wanted)).limit(COUNTED_ENTRIES_MAX).subquery()
    return (await connection.execute(select(func.count()).select_from(found))).scalar_one()


def _matching(tenant_id: TenantId, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """The same conditions as `matches` of the verifier, in SQL; a test holds them side by side."""
    conditions: list[Any] = [events.c.tenant_id == tenant_id]
    if wanted.start is not None:
        conditions.append(events.c.recorded_at >= wanted.start)
    if wanted.end is not None:
        conditions.append(events.c.recorded_at < wanted.end)
    if wanted.actor:
        of_id = events.c.actor_ref.endswith(f":{wanted.actor}", autoescape=True)
        conditions.append(or_(events.c.actor_ref == wanted.actor, of_id))
    if wanted.action:
        conditions.append(events.c.name.startswith(wanted.action, autoescape=True))
    if wanted.subject_id is not None:
        conditions.append(events.c.stream_id.in_(streams_of(wanted.subject_id)))
    if wanted.text:
        conditions.append(events.c.name.contains(wanted.text.lower(), autoescape=True))
    return conditions
