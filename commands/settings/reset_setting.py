"""Take back the value that a setting has here."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.settings.setting_stream import append_to_setting, load_setting
from domain.ids import MemberId
from domain.settings.decisions import reset
from domain.settings.values import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetSetting:
    key: str
    scope: Scope
    member_id: MemberId | None = None
    expected_version: int | None = None


async def handle(command: ResetSetting, context: CommandContext, ports: Ports) -> Receipt:
    setting = await load_setting(command.key, command.scope, command.member_id, context, ports)
    events = reset(setting.past, setting.definition, command.scope, setting.owner_id)
    return await append_to_setting(setting, events, context, ports, seen_version=command.expected_version)
