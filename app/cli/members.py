"""A tenant's people: taken in, invited, in another role, removed."""

from typing import Annotated

import typer

from app.cli.output import Json, run, show
from app.cli.target import DataDir, operator
from app.cli.tenants import Slug
from domain.directory.roles import Role

member = typer.Typer(help="Add, invite and remove members.", no_args_is_help=True)


@member.command("add", epilog="Example: colophon member add ana@acme.example --tenant acme --role editor")
def add_member(
    email: str,
    tenant: Slug,
    role: Annotated[Role, typer.Option(help="What the member may do.")],
    name: Annotated[str | None, typer.Option(help="Default: the part before the @.")] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Take somebody in and print an API key, which is shown once."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            member_id = await house.add_member(
                tenant_id, email=email, name=name or email.split("@", maxsplit=1)[0], role=role
            )
            _, api_key = await house.issue_api_key(tenant_id, member_id, label="first key")
            return {"member_id": member_id, "api_key": api_key}

    made = run(work())
    show(made, as_json=as_json, lines=[f"{name}: {value}" for name, value in made.items()])


@member.command("invite", epilog="Example: colophon member invite nina@acme.example --tenant acme --role editor")
def invite_member(
    email: str,
    tenant: Slug,
    role: Annotated[Role, typer.Option(help="What the member may do.")],
    name: Annotated[str | None, typer.Option(help="Default: the part before the @.")] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Invite somebody and print the link, which is shown once and lasts a week."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            invited_as = name or email.split("@", maxsplit=1)[0]
            invitation_id, url = await house.invite(tenant_id, email=email, name=invited_as, role=role)
            return {"invitation_id": invitation_id, "url": url}

    made = run(work())
    show(made, as_json=as_json, lines=[f"{name}: {value}" for name, value in made.items()])


@member.command("role", epilog="Example: colophon member role ana@acme.example --tenant acme --role admin")
def change_role(
    email: str,
    tenant: Slug,
    role: Annotated[Role, typer.Option(help="What the member may do from now on.")],
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Give a member another role."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            tenant_id = (await house.tenant(tenant)).tenant_id
            return {"member_id": await house.change_role(tenant_id, email, role), "role": role.value}

    show(run(work()), as_json=as_json, lines=[f"{email}: {role}"])


@member.command("remove", epilog="Example: colophon member remove ana@acme.example --tenant acme")
def remove_member(email: str, tenant: Slug, data: DataDir = None, as_json: Json = False) -> None:
    """Part with a member: sessions, keys and open connections end at once, what was written stays."""

    async def work() -> dict[str, object]:
        async with operator(data) as house:
            member_id = await house.remove_member((await house.tenant(tenant)).tenant_id, email)
            return {"member_id": member_id, "removed": True}

    show(run(work()), as_json=as_json, lines=[f"removed: {email}"])
