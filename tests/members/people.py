"""Inviting and signing in, as pages do."""

from typing import Any

from httpx import AsyncClient, Response

from tests.support.world import Person, Tenant

PASSWORD = "correct horse battery"


async def invite(client: AsyncClient, by: Person, email: str, role: str = "editor", **more: str) -> Response:
    body = {"email": email, "role": role, **more}
    return await client.post("/api/v1/members/invitations", json=body, headers=by.headers)


def secret_in(made: Response) -> str:
    assert made.status_code in {200, 201}, made.text
    return str(made.json()["url"]).partition("#")[2]


async def accept(client: AsyncClient, secret: str, password: str = PASSWORD, name: str = "Nina") -> Response:
    form = {"secret": secret, "name": name, "password": password}
    answer = await client.post("/api/v1/invitations/accept", json=form)
    client.cookies.clear()
    return answer


async def joined(client: AsyncClient, tenant: Tenant, email: str, role: str = "editor") -> str:
    """The id of somebody new with PASSWORD."""
    done = await accept(client, secret_in(await invite(client, tenant.olga, email, role)))
    assert done.status_code == 201, done.text
    return str(done.json()["member_id"])


async def sign_in(
    client: AsyncClient, tenant: Tenant, email: str, password: str = PASSWORD, **headers: str
) -> Response:
    form = {"tenant": tenant.slug, "email": email, "password": password}
    return await client.post("/api/v1/session", json=form, headers=headers)


def browser_of(signed_in: Response) -> dict[str, str]:
    """The headers that the browser of somebody signed in sends."""
    assert signed_in.status_code == 200, signed_in.text
    cookie = signed_in.cookies["colophon_session"]
    return {"Cookie": f"colophon_session={cookie}", "X-CSRF-Token": signed_in.json()["csrf_token"]}


async def members_of(client: AsyncClient, person: Person) -> dict[str, Any]:
    items = (await client.get("/api/v1/members", headers=person.headers)).json()["items"]
    return {item["email"]: item for item in items}
