"""What models are told: prompt templates in versions that are written, approved, made live and retired."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.platform import Platform
from api.previewing import content_of, preview
from api.rest.models import Wire, receipt_model
from api.rest.reading import AtLeast, NeedsPermission
from api.rest.template_models import (
    ArmModel,
    ContentModel,
    PreviewModel,
    PreviewWanted,
    TemplateAnswer,
    TemplateDetail,
    TemplateList,
    preview_model,
    template_detail,
    template_model,
)
from api.templating import all_templates, one_template
from commands.event_log import CommandContext
from commands.execute import PermissionMissing
from commands.template.approve_template import ApproveTemplate
from commands.template.draft_template import DraftTemplate
from commands.template.release_template import ReleaseTemplate
from commands.template.retire_template import RetireTemplate
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/templates", tags=["prompt templates"])

TemplateReader = Annotated[Caller, Depends(NeedsPermission(Permission.TEMPLATE_READ))]
Name = Annotated[str, Path(max_length=200)]
Number = Annotated[int, Path(ge=0, le=1_000_000, description="The number of a version.")]


class Live(Wire):
    """One version, or two that share the calls by their weights (1 to 100)."""

    arms: Annotated[list[ArmModel], Field(max_length=10)]


@router.get("")
async def list_templates(caller: TemplateReader, platform: PlatformDep, at_least: AtLeast = None) -> TemplateList:
    """List every template by name, the tenant's and those that come with the platform; always current."""
    del at_least
    return TemplateList(items=[template_model(one) for one in await all_templates(platform, caller.context)])


@router.post("/previews")
async def preview_template(wanted: PreviewWanted, caller: TemplateReader, platform: PlatformDep) -> PreviewModel:
    """Show what a model would be told, about how long it is and what it could cost; no model is called."""
    context = caller.context
    if wanted.content is None:
        content = await content_of(platform, context, wanted.name, wanted.version)
    elif Permission.TEMPLATE_WRITE in context.permissions:
        content = wanted.content.content()
    else:
        raise PermissionMissing(Permission.TEMPLATE_WRITE)
    return preview_model(await preview(platform, context, content, wanted.given()))


@router.get("/{name}")
async def get_template(
    name: Name, caller: TemplateReader, platform: PlatformDep, response: Response, at_least: AtLeast = None
) -> TemplateDetail:
    """Return a template with all its versions."""
    del at_least
    shown, actors = await one_template(platform, caller.context, name)
    response.headers["ETag"] = f'"{shown.version}"'
    return template_detail(shown, actors)


@router.post("/{name}/versions", status_code=201)
async def draft_template(
    name: Name,
    wanted: ContentModel,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> TemplateAnswer:
    """Write the next version. It is checked, and used once it was approved and made live."""
    command = DraftTemplate(name=name, content=wanted.content(), expected_version=expected_version)
    return await _done(command, name, context, platform, response)


@router.post("/{name}/versions/{number}/approval")
async def approve_template(
    name: Name,
    number: Number,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> TemplateAnswer:
    """Say that a version may be used; with `ai.template_four_eyes` that is for somebody else than its author."""
    command = ApproveTemplate(name=name, version=number, expected_version=expected_version)
    return await _done(command, name, context, platform, response)


@router.put("/{name}/live")
async def release_template(
    name: Name,
    wanted: Live,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> TemplateAnswer:
    """Make a version live, or two beside each other; an older one again is the way back."""
    arms = tuple(one.arm() for one in wanted.arms)
    command = ReleaseTemplate(name=name, arms=arms, expected_version=expected_version)
    return await _done(command, name, context, platform, response)


@router.delete("/{name}/versions/{number}")
async def retire_template(
    name: Name,
    number: Number,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> TemplateAnswer:
    """Use a version no more. Where none is live, what comes with the platform under this name counts again."""
    command = RetireTemplate(name=name, version=number, expected_version=expected_version)
    return await _done(command, name, context, platform, response)


async def _done(
    command: object, name: str, context: CommandContext, platform: Platform, response: Response
) -> TemplateAnswer:
    receipt = await platform.executor.execute(command, context)
    detail = template_detail(*await one_template(platform, context.tenant, name))
    response.headers["ETag"] = f'"{detail.version}"'
    return TemplateAnswer(**detail.model_dump(), receipt=receipt_model(receipt))
