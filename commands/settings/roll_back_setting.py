"""Give a setting the value again that it had before: a new change, never a rewritten history."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.settings.setting_stream import append_to_setting, load_setting
from domain.ids import MemberId
from domain.settings.decisions import change, reset, value_at
from domain.settings.values import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBackSetting:
    """Version 0 is the time before anybody set it."""

    key: str
    scope: Scope
    version: int
    member_id: MemberId | None = None
    expected_version: int | None = None


async def handle(command: RollBackSetting, context: CommandContext, ports: Ports) -> Receipt:
    setting = await load_setting(command.key, command.scope, command.member_id, context, ports)
    former = value_at(setting.past, command.version)
    where = (setting.past, setting.definition, command.scope, setting.owner_id)
    events = reset(*where) if former is None else change(*where, former)
    return await append_to_setting(setting, events, context, ports, seen_version=command.expected_version)
