"""Whoever may share documents is told with whom, by name; nobody else, and nothing of other tenants."""

import pytest
from httpx import AsyncClient

from tests.support.world import PEOPLE, Tenant

PATH = "/api/v1/people"


async def test_nobody_is_told_without_signing_in(client: AsyncClient) -> None:
    assert (await client.get(PATH)).status_code == 401


@pytest.mark.parametrize("name", ["vera", "otto"])
async def test_whoever_may_not_share_is_not_told(client: AsyncClient, acme: Tenant, name: str) -> None:
    answer = await client.get(PATH, headers=acme.people[name].headers)
    assert answer.status_code == 403


async def test_an_editor_is_told_the_people_of_their_own_tenant(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    answer = await client.get(PATH, headers=acme.ana.headers)
    shown = {item["id"]: item["name"] for item in answer.json()["items"]}
    assert shown == {str(acme.people[name].member_id): name.title() for name in PEOPLE}
    assert str(globex.ana.member_id) not in shown


async def test_whoever_left_is_not_among_them(client: AsyncClient, acme: Tenant) -> None:
    await client.delete(f"/api/v1/members/{acme.vera.member_id}", headers=acme.adam.headers)
    answer = await client.get(PATH, headers=acme.ana.headers)
    assert str(acme.vera.member_id) not in {item["id"] for item in answer.json()["items"]}
