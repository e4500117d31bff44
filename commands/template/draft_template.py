"""Write the next version of a prompt template."""

import asyncio
from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.template.template_stream import append_to_template
from domain.template.content import TemplateContent
from domain.template.decisions import TemplateRefused, draft
from domain.template.limits import problem_of
from prompts.checking import problem_in


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTemplate:
    name: str
    content: TemplateContent
    expected_version: int | None = None


async def handle(command: DraftTemplate, context: CommandContext, ports: Ports) -> Receipt:
    """What is small enough to be looked at is rendered with what it may be given, before it is written down."""
    content = command.content
    problem = problem_of(content) or await asyncio.to_thread(problem_in, content)
    if problem is not None:
        raise TemplateRefused(*problem)
    return await append_to_template(
        ports,
        command.name,
        lambda template, template_id: draft(
            template,
            template_id=template_id,
            name=command.name,
            content=content,
            by=context.tenant.member_id,
        ),
        context,
        seen_version=command.expected_version,
    )
