"""An invitation makes one person a member, once, in time, of one tenant."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from httpx import AsyncClient

from infra import clock
from tests.members.people import PASSWORD, accept, invite, joined, members_of, secret_in, sign_in
from tests.support.world import Tenant

ROUTES = [
    ("GET", "/api/v1/members", None),
    ("POST", "/api/v1/members/invitations", {"email": "nina@acme.example", "role": "editor"}),
    ("POST", "/api/v1/members/invitations/{id}/resend", None),
    ("DELETE", "/api/v1/members/invitations/{id}", None),
    ("POST", "/api/v1/members/{id}/role", {"role": "admin"}),
    ("DELETE", "/api/v1/members/{id}", None),
]
NINA = "nina@acme.example"


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_gets_in_without_a_credential(client: AsyncClient, method: str, path: str, body: object) -> None:
    assert (await client.request(method, path.format(id=uuid4()), json=body)).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_an_editor_does_not_administer_people(
    client: AsyncClient, acme: Tenant, method: str, path: str, body: object
) -> None:
    answer = await client.request(method, path.format(id=acme.vera.member_id), json=body, headers=acme.ana.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.missing")


async def test_whoever_is_invited_becomes_a_member_with_a_password_and_is_signed_in(
    client: AsyncClient, acme: Tenant
) -> None:
    # given
    made = await invite(client, acme.adam, NINA, "editor", name="Nina")
    assert made.json()["url"].startswith("http://test/invitation#coli_")
    assert (await members_of(client, acme.adam))[NINA]["status"] == "invited"
    seen = (await client.post("/api/v1/invitations/preview", json={"secret": secret_in(made)})).json()
    assert (seen["tenant"]["slug"], seen["email"], seen["role"]) == (acme.slug, NINA, "editor")
    # when
    done = await client.post(
        "/api/v1/invitations/accept", json={"secret": secret_in(made), "name": "Nina Ek", "password": PASSWORD}
    )
    # then
    assert done.status_code == 201, done.text
    session = (await client.get("/api/v1/session")).json()
    assert (session["member"]["name"], session["member"]["role"]) == ("Nina Ek", "editor")
    nina = (await members_of(client, acme.adam))[NINA]
    assert (nina["status"], nina["id"]) == ("active", done.json()["member_id"])
    client.cookies.clear()
    assert (await sign_in(client, acme, NINA.upper())).status_code == 200


async def test_an_invitation_is_used_once(client: AsyncClient, acme: Tenant) -> None:
    secret = secret_in(await invite(client, acme.adam, NINA))
    answers = await asyncio.gather(accept(client, secret), accept(client, secret))
    assert sorted(answer.status_code for answer in answers) == [201, 404]
    assert (await accept(client, secret)).json()["code"] == "invitation.not_valid"


async def test_an_invitation_whose_time_is_over_is_void_and_can_be_sent_again(
    client: AsyncClient, acme: Tenant, migrated_database: str
) -> None:
    made = await invite(client, acme.adam, NINA)
    async with await psycopg.AsyncConnection.connect(migrated_database) as administrator:
        await administrator.execute(
            "UPDATE read.invitations SET expires_at = %s WHERE invitation_id = %s",
            (clock.now() - timedelta(seconds=1), made.json()["invitation_id"]),
        )
    assert (await accept(client, secret_in(made))).json()["code"] == "invitation.not_valid"
    path = f"/api/v1/members/invitations/{made.json()['invitation_id']}/resend"
    again = await client.post(path, headers=acme.adam.headers)
    assert (await accept(client, secret_in(again))).status_code == 201


async def test_sending_again_or_taking_back_makes_the_former_link_void(client: AsyncClient, acme: Tenant) -> None:
    made = await invite(client, acme.adam, NINA)
    path = f"/api/v1/members/invitations/{made.json()['invitation_id']}"
    again = await client.post(f"{path}/resend", headers=acme.adam.headers)
    assert (await accept(client, secret_in(made))).status_code == 404
    assert (await client.delete(path, headers=acme.adam.headers)).status_code == 200
    assert (await accept(client, secret_in(again))).status_code == 404
    assert (await client.delete(path, headers=acme.adam.headers)).json()["code"] == "invitation.not_found"


async def test_a_repeated_request_shows_no_link_that_leads_nowhere(client: AsyncClient, acme: Tenant) -> None:
    headers = acme.adam.headers | {"Idempotency-Key": "one"}
    body = {"email": NINA, "role": "editor"}
    first, second = [
        (await client.post("/api/v1/members/invitations", json=body, headers=headers)).json() for _ in range(2)
    ]
    assert first["invitation_id"] == second["invitation_id"]
    assert (first["url"] is None, second["url"] is None) == (False, True)


@pytest.mark.parametrize("address", ["ana@{slug}.example", "ANA@{slug}.example"])
async def test_a_member_is_not_invited_again(client: AsyncClient, acme: Tenant, address: str) -> None:
    answer = await invite(client, acme.adam, address.format(slug=acme.slug))
    assert (answer.status_code, answer.json()["code"]) == (409, "directory.already_taken")


async def test_nobody_is_invited_twice_at_once(client: AsyncClient, acme: Tenant) -> None:
    answers = await asyncio.gather(invite(client, acme.adam, NINA), invite(client, acme.olga, NINA.title()))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "nina", "role": "editor"}, "directory.details_refused"),
        ({"email": "x" * 1_000_000 + "@acme.example", "role": "editor"}, "directory.details_refused"),
        ({"email": NINA, "role": "emperor"}, "request.invalid"),
        ({"email": NINA, "role": "editor", "name": "N\u2028ina"}, "directory.details_refused"),
        ({"email": NINA, "role": "owner"}, "member.only_owners"),
    ],
)
async def test_what_nobody_can_be_is_refused(
    client: AsyncClient, acme: Tenant, body: dict[str, str], code: str
) -> None:
    answer = await client.post("/api/v1/members/invitations", json=body, headers=acme.adam.headers)
    assert answer.json()["code"] == code
    assert len(answer.text) < 1_000


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.refused"),
        ("x" * 201, "password.refused"),
        ("x" * 100_000, "request.invalid"),
        ("  Nina Of Acme ", "password.refused"),
        ("NINA@acme.example", "password.refused"),
        ("with\u0000control char", "password.refused"),
    ],
)
async def test_a_password_that_everybody_could_guess_is_refused_and_the_invitation_stays(
    client: AsyncClient, acme: Tenant, password: str, code: str
) -> None:
    secret = secret_in(await invite(client, acme.adam, NINA))
    refused = await accept(client, secret, password, name="Nina of Acme")
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert password not in refused.text
    assert (await accept(client, secret)).status_code == 201


@pytest.mark.parametrize("secret", ["", "x", "coli_" + "A" * 43, "x" * 200])
async def test_a_secret_of_no_invitation_is_void(client: AsyncClient, secret: str) -> None:
    assert (await accept(client, secret)).json()["code"] == "invitation.not_valid"


async def test_no_other_credential_is_an_invitation_and_an_invitation_is_no_other_credential(
    client: AsyncClient, acme: Tenant
) -> None:
    assert (await accept(client, acme.olga.api_key)).status_code == 404
    secret = secret_in(await invite(client, acme.adam, NINA))
    asked = await client.get("/api/v1/documents", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 401
    assert (await client.get("/api/v1/session", headers={"Cookie": f"colophon_session={secret}"})).status_code == 401


async def test_another_tenants_people_and_invitations_do_not_exist(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    theirs = (await invite(client, globex.adam, NINA)).json()["invitation_id"]
    for method, path, body in ROUTES[2:]:
        target = theirs if "invitations" in path else globex.ana.member_id
        answer = await client.request(method, path.format(id=target), json=body, headers=acme.olga.headers)
        assert answer.status_code == 404, (method, path)
    assert NINA not in (await client.get("/api/v1/members", headers=acme.olga.headers)).text
    # The same person may be invited by both.
    assert (await invite(client, acme.adam, NINA)).status_code == 201


async def test_whoever_left_can_be_invited_again(client: AsyncClient, acme: Tenant) -> None:
    nina = await joined(client, acme, NINA)
    await client.delete(f"/api/v1/members/{nina}", headers=acme.adam.headers)
    assert await joined(client, acme, NINA) != nina
