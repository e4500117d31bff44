"""A tenant's prompt templates in all their versions; inline, so that a change counts from its own commit on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, Uuid, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from domain.template import events
from domain.template.content import TemplateContent
from domain.template.decisions import TooManyTemplates
from domain.template.limits import TEMPLATES_MAX
from domain.template.live import LiveTemplates, LiveVersion
from domain.template.state import VersionState
from projections.projector import READ_MODELS

templates = Table(
    "prompt_templates",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("template_id", Uuid),
    Column("state", Text),
    Column("weight", Integer),
    Column("content", JSONB),
    Column("drafted_at", DateTime(timezone=True)),
    Column("drafted_by", Text),
    Column("approved_at", DateTime(timezone=True)),
    Column("approved_by", Text),
    Column("changed_at", DateTime(timezone=True)),
    Column("stream_version", BigInteger),
)
_c = templates.c


class TemplatesProjector:
    """One row a version; `stream_version` is the number of the last event that changed it."""

    name, version = "templates", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {events.TemplateDrafted, events.TemplateApproved, events.TemplateReleased, events.TemplateRetired}
    )
    tables = (templates,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            match recorded.event:
                case events.TemplateDrafted() as drafted:
                    await _written(recorded, drafted, transaction)
                case events.TemplateApproved() as approved:
                    by = {"approved_at": recorded.recorded_at, "approved_by": str(recorded.actor)}
                    await _changed(
                        recorded, approved.template, [approved.version], VersionState.APPROVED, transaction, **by
                    )
                case events.TemplateReleased() as released:
                    await _released(recorded, released, transaction)
                case events.TemplateRetired() as retired:
                    await _changed(recorded, retired.template, [retired.version], VersionState.RETIRED, transaction)
                case _:
                    raise TypeError(f"not an event of a prompt template: {recorded.name}")


async def _written(recorded: Recorded[Sealed], drafted: events.TemplateDrafted, transaction: AsyncConnection) -> None:
    row = {
        "tenant_id": recorded.tenant_id,
        "name": drafted.template,
        "version": drafted.version,
        "template_id": drafted.template_id,
        "state": VersionState.DRAFT,
        "weight": 0,
        "content": msgspec.to_builtins(drafted.content),
        "drafted_at": recorded.recorded_at,
        "drafted_by": str(recorded.actor),
        "changed_at": recorded.recorded_at,
        "stream_version": recorded.stream_version,
    }
    # A version is written once: a batch that comes twice finds it.
    await transaction.execute(insert(templates).values(row).on_conflict_do_nothing())
    counted = select(func.count(_c.name.distinct())).where(_c.tenant_id == recorded.tenant_id)
    if drafted.version == 1 and ((await transaction.scalar(counted)) or 0) > TEMPLATES_MAX:
        raise TooManyTemplates


async def _released(
    recorded: Recorded[Sealed], released: events.TemplateReleased, transaction: AsyncConnection
) -> None:
    numbers = [arm.version for arm in released.arms]
    live = (_of(recorded, released.template), _c.state == VersionState.LIVE, _c.version.not_in(numbers))
    former = (await transaction.execute(select(_c.version).where(*live))).scalars().all()
    await _changed(recorded, released.template, former, VersionState.RETIRED, transaction)
    for arm in released.arms:
        await _changed(recorded, released.template, [arm.version], VersionState.LIVE, transaction, weight=arm.weight)


async def _changed(
    recorded: Recorded[Sealed],
    name: str,
    numbers: Sequence[int],
    state: VersionState,
    transaction: AsyncConnection,
    **more: object,
) -> None:
    values = {"weight": 0, **more, "state": state, "changed_at": recorded.recorded_at}
    await transaction.execute(
        update(templates)
        .where(_of(recorded, name), _c.version.in_(numbers), _c.stream_version < recorded.stream_version)
        .values(**values, stream_version=recorded.stream_version)
    )


def _of(recorded: Recorded[Sealed], name: str) -> Any:
    return (_c.tenant_id == recorded.tenant_id) & (_c.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateVersion:
    """One version of a template, as it stands."""

    template_id: UUID
    name: str
    version: int
    state: VersionState
    weight: int
    content: TemplateContent
    drafted_at: datetime
    drafted_by: str
    approved_at: datetime | None
    approved_by: str | None
    stream_version: int


_COLUMNS = [_c[name] for name in TemplateVersion.__dataclass_fields__]


async def newest_of_each(connection: AsyncConnection, tenant_id: TenantId) -> list[TemplateVersion]:
    """Return the live versions of every template, and its newest one, by name and version."""
    newest = (
        select(_c.name, func.max(_c.version).label("version"))
        .where(_c.tenant_id == tenant_id)
        .group_by(_c.name)
        .subquery()
    )
    query = (
        select(*_COLUMNS)
        .join(newest, newest.c.name == _c.name)
        .where(_c.tenant_id == tenant_id, (_c.state == VersionState.LIVE) | (_c.version == newest.c.version))
        .order_by(_c.name, _c.version)
    )
    return [_version(**row._mapping) for row in await connection.execute(query)]


async def versions(connection: AsyncConnection, tenant_id: TenantId, name: str) -> list[TemplateVersion]:
    """Return every version of a template, oldest first; nothing when the tenant has none of this name."""
    query = select(*_COLUMNS).where(_c.tenant_id == tenant_id, _c.name == name).order_by(_c.version)
    return [_version(**row._mapping) for row in await connection.execute(query)]


async def live_templates(connection: AsyncConnection, tenant_id: TenantId) -> LiveTemplates:
    """Return what models are told now, by name."""
    query = select(_c.name, _c.version, _c.content, _c.weight).where(_c.tenant_id == tenant_id)
    found: dict[str, list[LiveVersion]] = {}
    for row in await connection.execute(query.where(_c.state == VersionState.LIVE).order_by(_c.name, _c.version)):
        content = msgspec.convert(row.content, TemplateContent)
        one = LiveVersion(name=row.name, version=row.version, content=content, weight=row.weight)
        found.setdefault(row.name, []).append(one)
    return found


def _version(**columns: Any) -> TemplateVersion:
    state = VersionState(columns["state"])
    content = msgspec.convert(columns["content"], TemplateContent)
    return TemplateVersion(**{**columns, "state": state, "content": content})
