"""Load one setting as set for one owner, and append what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commands.directory.members import require_member
from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from domain.actor import Actor
from domain.ids import MemberId, StreamId
from domain.recorded import Unreadable
from domain.settings.decisions import owner_of, setting_stream, value_now
from domain.settings.definition import Definition
from domain.settings.events import SettingChanged, SettingEvent
from domain.settings.registry import definition_of
from domain.settings.values import Scope, SettingValue
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSetting:
    definition: Definition
    owner_id: UUID
    stream_id: StreamId
    past: Sequence[object]


async def load_setting(
    key: str, scope: Scope, member_id: MemberId | None, context: CommandContext, ports: Ports
) -> LoadedSetting:
    """Return the setting. Raises UnknownSetting, ScopeRefused, NoSuchMember."""
    definition = definition_of(key)
    owner_id = owner_of(definition, scope, context.tenant.tenant_id, member_id)
    if member_id is not None:
        await require_member(ports.log, member_id, context.tenant)
    stream_id = setting_stream(scope, owner_id, key)
    past = [recorded.event for recorded in await ports.log.load(stream_id, context.tenant)]
    return LoadedSetting(definition=definition, owner_id=owner_id, stream_id=stream_id, past=past)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerValue:
    """What the setting was from this version on; None where it was taken back."""

    version: int
    value: SettingValue | None
    reason: str
    changed_at: datetime
    changed_by: Actor


async def load_setting_history(
    log: EventLog, key: str, scope: Scope, member_id: MemberId | None, tenant: TenantContext
) -> list[FormerValue]:
    """Return every value that was set for the owner, oldest first. Raises as load_setting does."""
    owner_id = owner_of(definition_of(key), scope, tenant.tenant_id, member_id)
    if member_id is not None:
        await require_member(log, member_id, tenant)
    recorded = await log.load(setting_stream(scope, owner_id, key), tenant)
    return [
        FormerValue(
            version=r.stream_version,
            value=value_now([r.event]),
            reason=r.event.reason if isinstance(r.event, SettingChanged) else "",
            changed_at=r.recorded_at,
            changed_by=r.actor,
        )
        for r in recorded
        if not isinstance(r.event, Unreadable)
    ]


async def append_to_setting(
    setting: LoadedSetting,
    events: Sequence[SettingEvent],
    context: CommandContext,
    ports: Ports,
    *,
    seen_version: int | None,
) -> Receipt:
    """Append, and let this process see it at once; raise VersionConflict when the caller had seen another version."""
    version = len(setting.past)
    if seen_version is not None and seen_version != version:
        raise VersionConflict(setting.stream_id, version)
    receipt = await ports.log.append([StreamWrite(setting.stream_id, version, events)], context)
    ports.policies.forget(context.tenant.tenant_id)
    return receipt
