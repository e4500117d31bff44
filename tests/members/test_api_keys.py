"""API keys are made and ended by those who may, and give nobody more than they have."""

from datetime import UTC, datetime, timedelta

from httpx import AsyncClient
from uuid_utils.compat import uuid7

from tests.support.world import Person, Tenant

KEYS = "/api/v1/keys"


async def made(client: AsyncClient, by: Person, **wanted: object) -> tuple[int, dict[str, object]]:
    answer = await client.post(KEYS, json={"label": "build server", **wanted}, headers=by.headers)
    return answer.status_code, answer.json()


async def test_nobody_else_sees_makes_or_ends_a_tenants_keys(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    one = f"{KEYS}/{acme.ana.key_id}"
    assert (await client.get(KEYS)).status_code == 401
    assert (await client.post(KEYS, json={"label": "x"})).status_code == 401
    assert (await client.delete(one)).status_code == 401
    for person in (acme.ana, acme.vera, acme.otto):
        assert (await client.get(KEYS, headers=person.headers)).json()["permission"] == "key:write"
        assert (await made(client, person))[1]["permission"] == "key:write"
        assert (await client.delete(one, headers=person.headers)).json()["permission"] == "key:write"
    theirs = (await client.get(KEYS, headers=globex.olga.headers)).json()["items"]
    assert {key["member_id"] for key in theirs} == {str(person.member_id) for person in globex.people.values()}
    assert (await client.delete(one, headers=globex.olga.headers)).status_code == 404
    assert (await made(client, globex.olga, member_id=str(acme.ana.member_id)))[0] == 404
    assert (await client.get("/api/v1/documents", headers=acme.ana.headers)).status_code == 200


async def test_a_key_is_shown_once_works_within_its_scopes_and_ends(client: AsyncClient, acme: Tenant) -> None:
    # when
    once = {"Idempotency-Key": "one", **acme.adam.headers}
    wanted = {"label": "reader", "member_id": str(acme.ana.member_id), "scopes": ["document:read"]}
    first = (await client.post(KEYS, json=wanted, headers=once)).json()
    again = (await client.post(KEYS, json=wanted, headers=once)).json()
    # then
    assert (again["id"], again["api_key"], again["receipt"]) == (first["id"], None, first["receipt"])
    bearer = {"Authorization": f"Bearer {first['api_key']}"}
    assert (await client.get("/api/v1/documents", headers=bearer)).status_code == 200
    assert (await client.post("/api/v1/documents", json={"title": "T"}, headers=bearer)).status_code == 403
    listed = (await client.get(KEYS, headers=acme.adam.headers)).json()["items"]
    assert [(key["label"], key["scopes"], key["revoked_at"]) for key in listed if key["id"] == first["id"]] == [
        ("reader", ["document:read"], None)
    ]
    assert first["api_key"] not in str(listed)
    # when
    assert (await client.delete(f"{KEYS}/{first['id']}", headers=acme.adam.headers)).status_code == 200
    # then
    assert (await client.get("/api/v1/documents", headers=bearer)).status_code == 401


async def test_a_key_gives_nobody_more_than_they_have(client: AsyncClient, acme: Tenant) -> None:
    # given a key that may make keys, and nothing else
    _, narrow = await made(client, acme.adam, scopes=["key:write"])
    bearer = {"Authorization": f"Bearer {narrow['api_key']}"}
    # when
    wider = await client.post(KEYS, json={"label": "all of it"}, headers=bearer)
    another = await client.post(KEYS, json={"label": "as narrow", "scopes": ["key:write"]}, headers=bearer)
    # then
    assert (wider.status_code, wider.json()["code"]) == (403, "permission.missing")
    assert another.status_code == 201


async def test_a_key_that_cannot_be_is_refused_with_a_reason(client: AsyncClient, acme: Tenant) -> None:
    over = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()  # noqa: TID251  # a moment that is over
    for wanted in ({"label": ""}, {"label": "x" * 300}, {"expires_at": over}, {"scopes": ["everything"]}):
        assert (await made(client, acme.adam, **wanted))[0] == 422, wanted
    assert (await made(client, acme.adam, member_id=str(uuid7())))[0] == 404
    assert (await client.delete(f"{KEYS}/{uuid7()}", headers=acme.adam.headers)).status_code == 404
