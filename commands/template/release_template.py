"""Make a version of a prompt template live, or two beside each other."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.template.template_stream import append_to_template
from domain.template.content import Arm
from domain.template.decisions import release


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTemplate:
    name: str
    arms: tuple[Arm, ...]
    expected_version: int | None = None


async def handle(command: ReleaseTemplate, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_template(
        ports,
        command.name,
        lambda template, template_id: release(template, template_id=template_id, name=command.name, arms=command.arms),
        context,
        seen_version=command.expected_version,
    )
