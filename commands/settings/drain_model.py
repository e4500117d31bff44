"""Take a model out of service for the tenant, or back into it; what others have taken out stays out."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.settings.setting_stream import append_to_setting, load_setting
from domain.settings.decisions import change
from domain.settings.draining import DRAINED, accepted_reason, drained_now, with_model, without_model
from domain.settings.values import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainModel:
    """`model` is provider/model, or provider/* for every one of an account."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnModel:
    """The model gets calls again, unless the platform has drained it, too."""

    model: str
    reason: str = ""


async def handle(command: DrainModel | ReturnModel, context: CommandContext, ports: Ports) -> Receipt:
    """Raises DrainRefused, SettingRefused."""
    reason = accepted_reason(command.reason, needed=isinstance(command, DrainModel))
    setting = await load_setting(DRAINED, Scope.TENANT, None, context, ports)
    former = drained_now(setting.past)
    wanted = (
        with_model(former, command.model) if isinstance(command, DrainModel) else without_model(former, command.model)
    )
    # What is as it was wanted stays without an event.
    events = (
        []
        if wanted == former
        else change(setting.past, setting.definition, Scope.TENANT, setting.owner_id, wanted, reason=reason)
    )
    return await append_to_setting(setting, events, context, ports, seen_version=None)
