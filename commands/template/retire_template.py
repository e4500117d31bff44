"""Use a version of a prompt template no more."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.template.template_stream import append_to_template
from domain.template.decisions import retire


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireTemplate:
    name: str
    version: int
    expected_version: int | None = None


async def handle(command: RetireTemplate, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_template(
        ports,
        command.name,
        lambda template, template_id: retire(
            template, template_id=template_id, name=command.name, version=command.version
        ),
        context,
        seen_version=command.expected_version,
    )
