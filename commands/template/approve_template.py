"""Say that a version of a prompt template may be used."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.template.template_stream import append_to_template
from domain.ids import PLATFORM
from domain.template.decisions import approve


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveTemplate:
    name: str
    version: int
    expected_version: int | None = None


async def handle(command: ApproveTemplate, context: CommandContext, ports: Ports) -> Receipt:
    policy = await ports.policies.of(context.tenant)
    return await append_to_template(
        ports,
        command.name,
        lambda template, template_id: approve(
            template,
            template_id=template_id,
            name=command.name,
            version=command.version,
            by=context.tenant.member_id,
            # Whoever operates the installation is nobody's second pair of eyes, nor needs one.
            four_eyes=context.tenant.tenant_id != PLATFORM and policy.flag("ai.template_four_eyes"),
        ),
        context,
        seen_version=command.expected_version,
    )
