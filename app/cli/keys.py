"""Epochs of the tenants' keys: which there are, and a new one."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, operator
from infra import clock

if TYPE_CHECKING:
    from app.operator import Operator
    from projections.directory import TenantCard

keys = typer.Typer(help="Rotate the tenants' keys, and show their epochs.", no_args_is_help=True)

OneTenant = Annotated[str | None, typer.Option("--tenant", help="The slug of one tenant.")]


async def _cards(house: "Operator", tenant: str | None) -> "list[TenantCard]":
    return await house.tenants() if tenant is None else [await house.tenant(tenant)]


@keys.command("rotate", epilog="Example: colophon keys rotate --tenant acme")
def rotate(
    tenant: OneTenant = None,
    all_tenants: Annotated[bool, typer.Option("--all", help="Every tenant.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Begin a new epoch: data keys are wrapped by a new tenant key. Interrupted, the same command goes on."""
    if (tenant is None) != all_tenants:
        raise typer.BadParameter("name one tenant with --tenant, or all with --all")

    async def work() -> list[dict[str, Any]]:
        async with operator(data) as house:
            rows = []
            for card in await _cards(house, tenant):
                epoch, rewrapped = await house.rotate_key(card.tenant_id)
                rows.append({"tenant": card.slug, "epoch": epoch, "rewrapped_keys": rewrapped})
            return rows

    rows = run(work())
    show(rows, as_json=as_json, lines=table(rows, ["tenant", "epoch", "rewrapped_keys"]))


@keys.command("status", epilog="Example: colophon keys status --json")
def status(tenant: OneTenant = None, data: DataDir = None, as_json: Json = False) -> None:
    """Show the epochs of every tenant, or of one, and how many data keys each wraps; no key is shown."""

    async def work() -> list[dict[str, Any]]:
        async with operator(data) as house:
            return [
                {
                    "tenant": card.slug,
                    **asdict(epoch),
                    "age_days": (clock.now() - epoch.created_at).days,
                }
                for card in await _cards(house, tenant)
                for epoch in await house.key_epochs(card.tenant_id)
            ]

    rows = run(work())
    columns = ["tenant", "epoch", "created_at", "age_days", "data_keys", "destroyed"]
    show(rows, as_json=as_json, lines=table(rows, columns))
