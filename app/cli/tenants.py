"""Tenants, API keys and sign-in links."""

import re
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, operator
from domain.ids import ApiKeyId
from infra import clock

tenant = typer.Typer(help="Open, list, suspend and resume tenants.", no_args_is_help=True)
key = typer.Typer(help="Issue, list and revoke API keys.", no_args_is_help=True)

Slug = Annotated[str, typer.Option("--tenant", help="The tenant's slug.")]

_DURATION = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@tenant.command("create", epilog="Example: colophon tenant create acme --name 'Acme' --owner olga@acme.example")
def create_tenant(
    slug: str,
    name: Annotated[str, typer.Option(help="Its name, as people see it.")],
    owner: Annotated[str, typer.Option(help="E-mail address of its first member.")],
    plan: Annotated[str, typer.Option(help="free, team or enterprise.")] = "free",
    data: DataDir = None,
    as_json: Json = False,  # an option
) -> None:
    """Open a tenant with an owner and an API key, which is shown once."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            tenant_id, owner_id = await house.open_tenant_with_owner(slug, name, plan=plan, email=owner)
            _, api_key = await house.issue_api_key(tenant_id, owner_id, label="first key")
            return {"tenant_id": tenant_id, "owner_id": owner_id, "api_key": api_key}

    made = run(work())
    show(made, as_json=as_json, lines=[f"{name}: {value}" for name, value in made.items()])


@tenant.command("list", epilog="Example: colophon tenant list --json")
def list_tenants(data: DataDir = None, as_json: Json = False) -> None:
    """List every tenant."""

    async def work() -> list[dict[str, object]]:
        async with operator(data) as house:
            return [asdict(card) for card in await house.tenants()]

    rows = run(work())
    show(rows, as_json=as_json, lines=table(rows, ["slug", "name", "plan", "tenant_id", "opened_at", "suspended_at"]))


@tenant.command("plan", epilog="Example: colophon tenant plan acme --plan team")
def change_plan(
    slug: str,
    plan: Annotated[str, typer.Option(help="free, team or enterprise.")],
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Put a tenant on another plan; its caps count at once."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            await house.change_plan((await house.tenant(slug)).tenant_id, plan)
            return {"slug": slug, "plan": plan}

    show(run(work()), as_json=as_json, lines=[f"{slug}: {plan}"])


@tenant.command("suspend", epilog="Example: colophon tenant suspend acme --reason 'Unpaid since March'")
def suspend_tenant(
    slug: str,
    reason: Annotated[str, typer.Option(help="One line, for the tenant's own log.")],
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Shut a tenant: no credential of it is valid, and what is open closes within a second."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            await house.suspend((await house.tenant(slug)).tenant_id, reason=reason)
            return {"slug": slug, "suspended": True}

    show(run(work()), as_json=as_json, lines=[f"suspended: {slug}"])


@tenant.command("resume", epilog="Example: colophon tenant resume acme")
def resume_tenant(slug: str, data: DataDir = None, as_json: Json = False) -> None:
    """Open a suspended tenant again."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            await house.resume((await house.tenant(slug)).tenant_id)
            return {"slug": slug, "suspended": False}

    show(run(work()), as_json=as_json, lines=[f"resumed: {slug}"])


@key.command("create", epilog="Example: colophon key create --tenant acme --member ana@acme.example --expires 30d")
def create_key(
    tenant: Slug,
    member: Annotated[str, typer.Option(help="E-mail address of the key's owner.")],
    scopes: Annotated[list[str] | None, typer.Option(help="Permissions; none means all of the member's.")] = None,
    expires: Annotated[str | None, typer.Option(help="Lifetime, as in 12h or 30d.")] = None,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Issue an API key; it is shown once."""
    expires_at = clock.now() + _duration(expires) if expires else None

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            owner = await house.member(tenant_id, member)
            key_id, api_key = await house.issue_api_key(
                tenant_id, owner.member_id, label=label, scopes=_scopes(scopes), expires_at=expires_at
            )
            return {"api_key": api_key, "key_id": key_id, "expires_at": expires_at}

    made = run(work())
    show(made, as_json=as_json, lines=[f"{name}: {value}" for name, value in made.items()])


@key.command("list", epilog="Example: colophon key list --tenant acme")
def list_keys(tenant: Slug, data: DataDir = None, as_json: Json = False) -> None:
    """List a tenant's API keys, without their secrets."""

    async def work() -> list[dict[str, object]]:
        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            return [asdict(card) for card in await house.api_keys(tenant_id)]

    rows = run(work())
    columns = ["key_id", "member_id", "label", "issued_at", "expires_at", "revoked_at"]
    show(rows, as_json=as_json, lines=table(rows, columns))


@key.command("revoke", epilog="Example: colophon key revoke 0198... --tenant acme")
def revoke_key(key_id: UUID, tenant: Slug, data: DataDir = None, as_json: Json = False) -> None:
    """End an API key, at once and for good."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            await house.revoke_api_key((await house.tenant(tenant)).tenant_id, ApiKeyId(key_id))
            return {"key_id": key_id, "revoked": True}

    done = run(work())
    show(done, as_json=as_json, lines=[f"revoked: {key_id}"])


def sign_in_link(
    email: str,
    tenant: Slug,
    page: Annotated[str, typer.Option(help="The page to open.")] = "/",
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Print a link that signs a member in once, within five minutes."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            return {"url": await house.sign_in_link(tenant_id, email, page=page)}

    made = run(work())
    show(made, as_json=as_json, lines=[str(made["url"])])


def _duration(text: str) -> timedelta:
    parts = _DURATION.fullmatch(text.strip())
    if parts is None:
        raise typer.BadParameter("a lifetime is a number and m, h or d, as in 30d", param_hint="--expires")
    return timedelta(**{_UNITS[parts.group(2)]: int(parts.group(1))})


def _scopes(given: list[str] | None) -> tuple[str, ...]:
    """Accept the option repeated or one list with commas."""
    return tuple(s.strip() for part in given or [] for s in part.split(",") if s.strip())
