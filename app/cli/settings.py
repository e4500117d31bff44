"""Settings, flags and the kill switch, for the whole installation or for one tenant."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, operator
from domain.ids import MemberId
from domain.settings.registry import UnknownSetting, definition_of
from domain.settings.values import Scope
from tenancy.context import TenantContext

if TYPE_CHECKING:
    from app.operator import Operator
    from projections.policies import Binding

settings = typer.Typer(help="Read and change what may be changed while Colophon runs.", no_args_is_help=True)
policy = typer.Typer(help="The same as `settings`.", no_args_is_help=True)
flags = typer.Typer(help="Turn features on and off.", no_args_is_help=True)

ForTenant = Annotated[str | None, typer.Option("--tenant", help="The tenant's slug; default: the whole installation.")]
ForMember = Annotated[str | None, typer.Option("--member", help="E-mail address of one of the tenant's members.")]
Key = Annotated[str | None, typer.Argument(help="Which one; default: all.")]


class Turned(StrEnum):
    ON = "on"
    OFF = "off"


async def _owner(
    house: "Operator", tenant: str | None, member: str | None
) -> tuple[TenantContext, Scope, MemberId | None]:
    context = await house.context_for(tenant)
    if member is None:
        return context, Scope.PLATFORM if tenant is None else Scope.TENANT, None
    if tenant is None:
        raise typer.BadParameter("a member belongs to a tenant: give --tenant", param_hint="--member")
    return context, Scope.MEMBER, (await house.member(context.tenant_id, member)).member_id


async def _bindings(house: "Operator", tenant: str | None, member: str | None) -> "dict[str, Binding]":
    context, _, member_id = await _owner(house, tenant, member)
    return dict(await house.colophon.platform.policies.bindings(context.tenant_id, member_id))


def _row(binding: "Binding") -> dict[str, Any]:
    return {
        "key": binding.definition.key,
        "value": list(binding.value) if isinstance(binding.value, tuple) else binding.value,
        "set_by": "default" if binding.set_by is None else str(binding.set_by),
        "version": binding.own_version,
    }


def _show(rows: list[dict[str, Any]], *, one: bool, as_json: bool) -> None:
    lines = [f"{name}: {value}" for name, value in rows[0].items()] if one else table(_short(rows), list(rows[0]))
    show(rows[0] if one else rows, as_json=as_json, lines=lines)


def _short(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep a line a line: of a template its first words."""
    characters_max = 60
    return [{**row, "value": " ".join(str(row["value"]).split())[:characters_max]} for row in rows]


def _get(data: Path | None, key: str | None, tenant: str | None, member: str | None) -> list[dict[str, Any]]:
    async def work() -> list[dict[str, Any]]:
        if key is not None:
            definition_of(key)
        async with operator(data) as house:
            found = await _bindings(house, tenant, member)
            return [_row(binding) for name, binding in found.items() if key in {None, name}]

    return run(work())


def _set(data: Path | None, key: str, value: object, tenant: str | None, member: str | None) -> dict[str, Any]:
    async def work() -> dict[str, Any]:
        from commands.settings.change_setting import ChangeSetting

        async with operator(data) as house:
            context, scope, member_id = await _owner(house, tenant, member)
            await house.execute(ChangeSetting(key=key, scope=scope, value=value, member_id=member_id), context)
            return _row((await _bindings(house, tenant, member))[key])

    return run(work())


@policy.command("get", epilog="Example: colophon policy get ai.enabled --tenant acme")
@settings.command("get", epilog="Example: colophon settings get ai.member_day_micros --tenant acme")
def get_setting(
    key: Key = None,
    tenant: ForTenant = None,
    member: ForMember = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show the values that bind, and who set them."""
    _show(_get(data, key, tenant, member), one=key is not None, as_json=as_json)


@policy.command("set", epilog="Example: colophon policy set ai.passages_max 4 --tenant acme")
@settings.command("set", epilog="Example: colophon settings set ai.member_day_micros 500000 --tenant acme")
def set_setting(
    key: str,
    value: Annotated[str, typer.Argument(help="As JSON, or as plain text where text is wanted.")],
    tenant: ForTenant = None,
    member: ForMember = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Change a setting; every process follows within a second."""
    _show([_set(data, key, _value(value), tenant, member)], one=True, as_json=as_json)


@settings.command("reset", epilog="Example: colophon settings reset ai.member_day_micros --tenant acme")
def reset_setting(
    key: str, tenant: ForTenant = None, member: ForMember = None, data: DataDir = None, as_json: Json = False
) -> None:
    """Take back what is set here; what is set above, or the default, counts again."""

    async def work() -> dict[str, Any]:
        from commands.settings.reset_setting import ResetSetting

        async with operator(data) as house:
            context, scope, member_id = await _owner(house, tenant, member)
            await house.execute(ResetSetting(key=key, scope=scope, member_id=member_id), context)
            return _row((await _bindings(house, tenant, member))[key])

    _show([run(work())], one=True, as_json=as_json)


@settings.command("history", epilog="Example: colophon settings history ai.member_day_micros --tenant acme")
def setting_history(
    key: str, tenant: ForTenant = None, member: ForMember = None, data: DataDir = None, as_json: Json = False
) -> None:
    """Show who set it to what, oldest first."""

    async def work() -> list[dict[str, Any]]:
        from commands.settings.setting_stream import load_setting_history

        async with operator(data) as house:
            context, scope, member_id = await _owner(house, tenant, member)
            log = house.colophon.platform.log
            changes = await load_setting_history(log, key, scope, member_id, context)
            return [{**asdict(change), "changed_by": str(change.changed_by)} for change in changes]

    rows = run(work())
    show(rows, as_json=as_json, lines=table(_short(rows), ["version", "value", "changed_at", "changed_by"]))


@flags.command("get", epilog="Example: colophon flags get --tenant acme")
def get_flag(
    key: Key = None, tenant: ForTenant = None, member: ForMember = None, data: DataDir = None, as_json: Json = False
) -> None:
    """Show which features are on."""
    rows = [row for row in _get(data, key, tenant, member) if isinstance(row["value"], bool)]
    _show(rows or run(_no_flag(key)), one=key is not None, as_json=as_json)


@flags.command("set", epilog="Example: colophon flags set feature.assistant off --tenant acme")
def set_flag(
    key: str,
    turned: Turned,
    tenant: ForTenant = None,
    member: ForMember = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Turn a feature on or off; every process follows within a second."""
    _show([_set(data, key, turned is Turned.ON, tenant, member)], one=True, as_json=as_json)


def kill_switch(
    turned: Annotated[Turned, typer.Argument(help="on stops every AI call, off allows them again.")],
    tenant: ForTenant = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Stop every AI call within a second, everywhere or for one tenant; off allows them again."""
    _show([_set(data, "ai.enabled", turned is Turned.OFF, tenant, None)], one=True, as_json=as_json)


async def _no_flag(key: str | None) -> list[dict[str, Any]]:
    raise UnknownSetting(key or "")


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
