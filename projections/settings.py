"""What is set for whom; inline, so that a change counts from its own commit on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from domain.settings.events import SettingChanged, SettingReset
from domain.settings.values import Scope, SettingValue
from projections.projector import READ_MODELS

settings = Table(
    "settings",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("owner_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", JSONB(none_as_null=True)),
    Column("version", BigInteger),
    Column("changed_at", DateTime(timezone=True)),
    Column("changed_by", Text),
)


class SettingsProjector:
    """One row for each setting that was ever set for an owner; one that was reset keeps its version."""

    name, version = "settings", 1
    handles: frozenset[type[Sealed]] = frozenset({SettingChanged, SettingReset})
    tables = (settings,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            event = recorded.event
            assert isinstance(event, SettingChanged | SettingReset)
            put = insert(settings).values(
                tenant_id=recorded.tenant_id,
                scope=event.scope,
                owner_id=event.owner_id,
                key=event.key,
                value=event.value if isinstance(event, SettingChanged) else None,
                version=recorded.stream_version,
                changed_at=recorded.recorded_at,
                changed_by=str(recorded.actor),
            )
            columns = ("value", "version", "changed_at", "changed_by")
            changed = {name: put.excluded[name] for name in columns}
            keys = [column.name for column in settings.primary_key]
            await transaction.execute(
                put.on_conflict_do_update(
                    index_elements=keys, set_=changed, where=settings.c.version < put.excluded.version
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """What is set for one owner; no value means that it was taken back."""

    scope: Scope
    owner_id: UUID
    key: str
    value: SettingValue | None
    version: int
    changed_at: datetime
    changed_by: str


async def all_settings(connection: AsyncConnection, tenant_id: TenantId) -> list[SettingRow]:
    """Return whatever was ever set in the tenant of the transaction: for itself and for its members."""
    columns = [settings.c[name] for name in SettingRow.__dataclass_fields__]
    query = select(*columns).where(settings.c.tenant_id == tenant_id)
    return [_row(**row._mapping) for row in await connection.execute(query)]


def _row(**columns: object) -> SettingRow:
    value = columns["value"]
    # JSON has no tuples.
    plain = {
        **columns,
        "scope": Scope(str(columns["scope"])),
        "value": tuple(value) if isinstance(value, list) else value,
    }
    return SettingRow(**plain)  # type: ignore[arg-type]  # the projector wrote them
