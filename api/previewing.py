"""What a model would be told with a template: its turns, about how many tokens they are and what it could cost."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from api.platform import Platform
from api.templating import one_template
from domain.ids import CallId
from domain.template.content import TemplateContent, TemplatePurpose
from domain.template.decisions import NoSuchTemplate, TemplateRefused
from domain.template.limits import problem_of
from gateway.calls import AiRequest, Estimate, Purpose, Speaker, Turn
from prompts.checking import problem_in
from tenancy.context import TenantContext

_LOOKS_UP = frozenset({TemplatePurpose.DRAFT, TemplatePurpose.CHAT, TemplatePurpose.COMPLETION})
"""For these the instruction is what sources are looked up for, as when they are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the platform and the caller would give it."""

    title: str = ""
    instruction: str = ""
    selection: str = ""
    context: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


async def content_of(platform: Platform, context: TenantContext, name: str, version: int) -> TemplateContent:
    """Return a version of a template; 0 is what counts without one of the tenant. Raises NoSuchTemplate."""
    shown, _ = await one_template(platform, context, name)
    found = {one.version: one.content for one in shown.versions}
    if shown.base is not None:
        found[0] = shown.base
    if version not in found:
        raise NoSuchTemplate
    return found[version]


async def preview(platform: Platform, context: TenantContext, content: TemplateContent, given: Given) -> Estimate:
    """Return what would be told; no model is called. Raises TemplateRefused for what could not be saved either."""
    problem = problem_of(content) or await asyncio.to_thread(problem_in, content)
    if problem is not None:
        raise TemplateRefused(*problem)
    asks = given.instruction if content.purpose in _LOOKS_UP else ""
    is_completion = content.purpose is TemplatePurpose.COMPLETION
    request = AiRequest(
        call_id=CallId(platform.new_id()),
        purpose=Purpose(content.purpose),
        content=content,
        turns=(Turn(Speaker.USER, given.instruction),) if is_completion else (),
        variables={
            "title": given.title,
            "instruction": given.instruction,
            "selection": given.selection,
            "context": given.context,
        },
        values=given.values,
        question=asks or None,
    )
    return await platform.gateway.estimate(request, context)
