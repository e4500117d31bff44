"""Roles are changed by those who may, a tenant keeps an owner, and whoever is removed is out at once."""

import asyncio
from dataclasses import replace

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.directory.remove_member import RemoveMember
from domain.directory.membership import OnlyOwners
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.members.people import browser_of, joined, sign_in
from tests.support.world import Person, Tenant

NINA = "nina@acme.example"
SOON_SECONDS = 20.0


async def role(client: AsyncClient, by: Person, of: Person, wanted: str) -> tuple[int, str | None]:
    path = f"/api/v1/members/{of.member_id}/role"
    answer = await client.post(path, json={"role": wanted}, headers=by.headers)
    return answer.status_code, answer.json().get("code")


async def removal(client: AsyncClient, by: Person, of: Person) -> tuple[int, str | None]:
    answer = await client.delete(f"/api/v1/members/{of.member_id}", headers=by.headers)
    return answer.status_code, answer.json().get("code")


async def test_a_new_role_counts_from_the_next_request_on(client: AsyncClient, acme: Tenant) -> None:
    created = {"title": "Mine"}
    assert (await client.post("/api/v1/documents", json=created, headers=acme.vera.headers)).status_code == 403
    assert await role(client, acme.adam, acme.vera, "editor") == (200, None)
    assert (await client.post("/api/v1/documents", json=created, headers=acme.vera.headers)).status_code == 201
    assert await role(client, acme.adam, acme.vera, "viewer") == (200, None)
    assert (await client.post("/api/v1/documents", json=created, headers=acme.vera.headers)).status_code == 403


async def test_an_admin_makes_changes_and_removes_no_owner(client: AsyncClient, acme: Tenant) -> None:
    only_owners = (403, "member.only_owners")
    assert await role(client, acme.adam, acme.ana, "owner") == only_owners
    assert await role(client, acme.adam, acme.adam, "owner") == only_owners
    assert await role(client, acme.adam, acme.olga, "viewer") == only_owners
    assert await removal(client, acme.adam, acme.olga) == only_owners


async def test_a_member_whose_role_nobody_told_is_not_taken_for_the_house(colophon: Colophon, acme: Tenant) -> None:
    command = replace(acme.adam.command(), tenant=replace(acme.adam.context, role=None))
    with pytest.raises(OnlyOwners):
        await colophon.platform.executor.execute(RemoveMember(member_id=acme.olga.member_id), command)


async def test_the_last_owner_stays_also_when_two_go_at_once(client: AsyncClient, acme: Tenant) -> None:
    assert await role(client, acme.olga, acme.olga, "admin") == (409, "member.last_owner")
    assert await removal(client, acme.olga, acme.olga) == (409, "member.not_yourself")
    # given two owners
    assert await role(client, acme.olga, acme.adam, "owner") == (200, None)
    # when each removes the other at the same time
    outcomes = await asyncio.gather(removal(client, acme.olga, acme.adam), removal(client, acme.adam, acme.olga))
    # then one of them is left
    assert sum(status == 200 for status, _ in outcomes) == 1
    alive = [
        (await client.get("/api/v1/session", headers=person.headers)).status_code for person in (acme.olga, acme.adam)
    ]
    assert sorted(alive) == [200, 401]


async def test_whoever_is_removed_has_no_session_no_key_and_no_password_any_more(
    client: AsyncClient, acme: Tenant
) -> None:
    nina = await joined(client, acme, NINA)
    browser = browser_of(await sign_in(client, acme, NINA))
    client.cookies.clear()
    # when
    assert (await client.delete(f"/api/v1/members/{nina}", headers=acme.adam.headers)).status_code == 200
    assert await removal(client, acme.adam, acme.ana) == (200, None)
    # then
    assert (await client.get("/api/v1/session", headers=browser)).status_code == 401
    assert (await client.get("/api/v1/documents", headers=acme.ana.headers)).status_code == 401
    assert (await sign_in(client, acme, NINA)).json()["code"] == "sign_in.refused"
    assert await role(client, acme.adam, acme.ana, "viewer") == (404, "member.not_found")
    assert await removal(client, acme.adam, acme.ana) == (404, "member.not_found")
    listed = (await client.get("/api/v1/members?removed=true", headers=acme.adam.headers)).json()["items"]
    assert {m["email"] for m in listed if m["status"] == "removed"} == {NINA, f"ana@{acme.slug}.example"}


async def test_whoever_is_removed_is_shut_out_of_open_documents(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        await removal(client, acme.adam, acme.ana)
        async with asyncio.timeout(SOON_SECONDS):
            assert await ana.closed() == 4401


@pytest.mark.parametrize("wanted", ["emperor", "", "OWNER"])
async def test_a_role_that_is_none_is_refused(client: AsyncClient, acme: Tenant, wanted: str) -> None:
    assert await role(client, acme.olga, acme.ana, wanted) == (422, "request.invalid")
