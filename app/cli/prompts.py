"""Prompt templates of the operator, for all tenants: each may put one of its own in their place."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import Json, refused, run, show, table
from app.cli.target import DataDir, operator

if TYPE_CHECKING:
    from api.templating import ShownTemplate
    from domain.template.content import TemplateContent

template = typer.Typer(help="Prompt templates for all tenants.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="As tenants ask for it; one that comes with the platform is replaced.")]


@template.command("list", epilog="Example: colophon template list")
def list_templates(data: DataDir = None, as_json: Json = False) -> None:
    """Show what is published for all tenants, and how many versions there are."""

    async def work() -> list[dict[str, Any]]:
        from api.templating import all_templates

        async with operator(data) as house:
            shown = await all_templates(house.colophon.platform, await house.context_for(None))
        return [_row(one) for one in shown if one.versions]

    found = run(work())
    show(found, as_json=as_json, lines=table(found, ["name", "purpose", "live", "newest"]))


@template.command(epilog="Example: colophon template publish summarise summarise.json")
def publish(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(help="JSON of a version, as POST /api/v1/templates/{name}/versions takes it.")
    ] = None,
    version: Annotated[int | None, typer.Option("--version", help="An older version again, without a file.")] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Write a version and have models told it for every tenant that has nothing of its own live under this name."""
    if (file is None) is (version is None):
        raise typer.BadParameter("give a file or --version", param_hint="FILE")
    content = None if file is None else _content(file)

    async def work() -> dict[str, Any]:
        from api.templating import one_template
        from commands.template.approve_template import ApproveTemplate
        from commands.template.draft_template import DraftTemplate
        from commands.template.release_template import ReleaseTemplate
        from domain.template.content import Arm

        async with operator(data) as house:
            context, platform = await house.context_for(None), house.colophon.platform
            number = version
            if content is not None:
                await house.execute(DraftTemplate(name=name, content=content), context)
                number = (await one_template(platform, context, name))[0].versions[-1].version
                await house.execute(ApproveTemplate(name=name, version=number), context)
            assert number is not None
            await house.execute(ReleaseTemplate(name=name, arms=(Arm(version=number),)), context)
            return _row((await one_template(platform, context, name))[0])

    done = run(work())
    show(done, as_json=as_json, lines=[f"Version {done['live'][0]} of {name} is published."])


@template.command(epilog="Example: colophon template withdraw summarise")
def withdraw(name: Name, data: DataDir = None, as_json: Json = False) -> None:
    """Have models told no more what was published: what comes with the platform counts again, where there is one."""

    async def work() -> dict[str, Any]:
        from api.templating import one_template
        from commands.template.retire_template import RetireTemplate

        async with operator(data) as house:
            context, platform = await house.context_for(None), house.colophon.platform
            shown, _ = await one_template(platform, context, name)
            live = _live(shown)
            for number in live:
                await house.execute(RetireTemplate(name=name, version=number), context)
            return {"name": name, "withdrawn": live}

    done = run(work())
    show(done, as_json=as_json, lines=[f"{name} is withdrawn." if done["withdrawn"] else f"{name} was not published."])


def _content(file: Path) -> "TemplateContent":
    from pydantic import ValidationError

    from api.rest.template_models import ContentModel

    try:
        return ContentModel.model_validate_json(file.read_bytes()).content()
    except OSError as error:
        refused(f"{file} cannot be read: {error.strerror}.")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        refused(f"{file} is no version of a template: {'.'.join(map(str, first['loc']))}: {first['msg']}.")


def _row(shown: "ShownTemplate") -> dict[str, Any]:
    return {
        "name": shown.name,
        "purpose": str(shown.content.purpose),
        "live": _live(shown),
        "newest": shown.versions[-1].version,
    }


def _live(shown: "ShownTemplate") -> list[int]:
    return [arm.version for arm in shown.arms if arm.version]
