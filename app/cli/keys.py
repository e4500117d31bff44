"""Epochs of the tenants' keys and the master key above them: which there are, and new ones."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, operator
from infra import clock

if TYPE_CHECKING:
    from app.operator import Operator
    from projections.directory import TenantCard

keys = typer.Typer(help="Rotate the tenants' keys and the master key, and show which there are.", no_args_is_help=True)

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
    """Show the master keys in use, and the epochs of every tenant, or of one: what each wraps; no key is shown."""

    async def work() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        async with operator(data) as house:
            epochs = [
                {
                    "tenant": card.slug,
                    **asdict(epoch),
                    "age_days": (clock.now() - epoch.created_at).days,
                }
                for card in await _cards(house, tenant)
                for epoch in await house.key_epochs(card.tenant_id)
            ]
            return [asdict(known) for known in await house.master_keys()], epochs

    master_keys, epochs = run(work())
    columns = ["tenant", "epoch", "master_key", "created_at", "age_days", "data_keys", "destroyed"]
    lines = [*table(master_keys, ["fingerprint", "in_use", "tenants"]), "", *table(epochs, columns)]
    show({"master_keys": master_keys, "epochs": epochs}, as_json=as_json, lines=lines)


@keys.command("rotate-master", epilog="Example: colophon keys rotate-master")
def rotate_master(data: DataDir = None, as_json: Json = False) -> None:
    """
    Exchange the master key: all that hangs on it is wrapped by the new one. Interrupted, the same command goes on.

    In a data folder the new key is made, and `up` must not run meanwhile. Elsewhere, as the administrator:
    COLOPHON_MASTER_KEY is the new key and COLOPHON_MASTER_KEY_FORMER the present one; once no process has the former
    one any more, the same command without it ends its signatures.
    """
    from app.rotation import rotate_master_key

    outcome = run(rotate_master_key(data, lambda what: typer.echo(what, err=True)))
    show(asdict(outcome), as_json=as_json, lines=outcome.lines())
