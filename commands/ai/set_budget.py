"""Limit what AI may cost a member or the tenant."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.settings import change_setting
from commands.settings.change_setting import ChangeSetting
from domain.ids import MemberId
from domain.settings.values import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget:
    """`budget` is member_day, tenant_day or tenant_month; without a member, member_day is every member's."""

    budget: str
    limit_micros: int
    member_id: MemberId | None = None
    expected_version: int | None = None


async def handle(command: SetBudget, context: CommandContext, ports: Ports) -> Receipt:
    """A budget is a setting; only the permission differs, so that whoever keeps the money need not administer."""
    setting = ChangeSetting(
        key=f"ai.{command.budget}_micros",
        scope=Scope.TENANT if command.member_id is None else Scope.MEMBER,
        value=command.limit_micros,
        member_id=command.member_id,
        expected_version=command.expected_version,
    )
    return await change_setting.handle(setting, context, ports)
