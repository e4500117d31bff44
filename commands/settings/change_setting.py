"""Give a setting a value."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.settings.setting_stream import append_to_setting, load_setting
from domain.ids import MemberId
from domain.settings.decisions import change
from domain.settings.values import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting:
    """`value` is whatever JSON the caller sent; the registry decides whether it is one."""

    key: str
    scope: Scope
    value: object
    member_id: MemberId | None = None
    expected_version: int | None = None


async def handle(command: ChangeSetting, context: CommandContext, ports: Ports) -> Receipt:
    setting = await load_setting(command.key, command.scope, command.member_id, context, ports)
    events = change(setting.past, setting.definition, command.scope, setting.owner_id, command.value)
    return await append_to_setting(setting, events, context, ports, seen_version=command.expected_version)
