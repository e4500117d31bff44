"""Settings over REST: who may, what binds and who set it, two admins at once, history and rolling back."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from domain.settings.registry import REGISTRY
from tests.support.world import Person, Tenant

ROUTES = [
    ("GET", "/api/v1/settings", None),
    ("GET", "/api/v1/settings/ai.enabled", None),
    ("PUT", "/api/v1/settings/ai.enabled", {"value": False}),
    ("DELETE", "/api/v1/settings/ai.enabled", None),
    ("GET", "/api/v1/settings/ai.enabled/history", None),
    ("POST", "/api/v1/settings/ai.enabled/rollback", {"version": 0}),
    ("GET", "/api/v1/flags", None),
    ("PUT", "/api/v1/flags/ai.enabled", {"enabled": False}),
]
PASSAGES = "/api/v1/settings/ai.passages_max"


async def put(client: AsyncClient, person: Person, path: str, value: object, **headers: str) -> Any:
    return await client.put(path, json={"value": value}, headers=person.headers | headers)


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_gets_in_without_a_credential(client: AsyncClient, method: str, path: str, body: object) -> None:
    assert (await client.request(method, path, json=body)).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_an_editor_neither_reads_nor_changes_them(
    client: AsyncClient, acme: Tenant, method: str, path: str, body: object
) -> None:
    answer = await client.request(method, path, json=body, headers=acme.ana.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.missing")


async def test_an_auditor_reads_and_does_not_change_them(client: AsyncClient, acme: Tenant) -> None:
    statuses = {
        (await client.request(method, path, json=body, headers=acme.otto.headers)).status_code: method
        for method, path, body in ROUTES
    }
    assert statuses.keys() == {200, 403}
    assert statuses[200] == "GET"


async def test_what_one_tenant_sets_is_nowhere_in_the_others_answers(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    canary = "canary/nightingale"
    assert (await put(client, acme.adam, "/api/v1/settings/ai.route.small", [canary])).status_code == 200
    for path in ("/api/v1/settings", "/api/v1/settings/ai.route.small", "/api/v1/settings/ai.route.small/history"):
        assert canary in (await client.get(path, headers=acme.adam.headers)).text
        assert canary not in (await client.get(path, headers=globex.adam.headers)).text


async def test_every_setting_says_what_it_is_and_who_set_it(client: AsyncClient, acme: Tenant) -> None:
    changed = await put(client, acme.adam, PASSAGES, 3)
    items = {s["key"]: s for s in (await client.get("/api/v1/settings", headers=acme.adam.headers)).json()["items"]}
    assert items.keys() == REGISTRY.keys()
    passages = items["ai.passages_max"]
    assert {name: passages[name] for name in ("type", "default", "unit", "minimum", "maximum")} == {
        "type": "whole", "default": 8, "unit": "passages", "minimum": 0, "maximum": 50,
    }  # fmt: skip
    assert (passages["value"], passages["set_by"], passages["version"]) == (3, "tenant", 1)
    assert items["ai.enabled"]["set_by"] == "default"
    assert changed.json()["receipt"]["position"] > 0
    assert changed.headers["ETag"] == '"1"'


async def test_two_admins_who_saw_the_same_version_do_not_overwrite_each_other(
    client: AsyncClient, acme: Tenant
) -> None:
    seen = (await client.get(PASSAGES, headers=acme.adam.headers)).headers["ETag"]
    answers = await asyncio.gather(
        put(client, acme.adam, PASSAGES, 3, **{"If-Match": seen}),
        put(client, acme.olga, PASSAGES, 4, **{"If-Match": seen}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert (refused["code"], refused["current_version"]) == ("stream.version_conflict", 1)


async def test_every_former_value_is_in_its_history_and_can_come_back(client: AsyncClient, acme: Tenant) -> None:
    for value in (3, 4):
        await put(client, acme.adam, PASSAGES, value)
    await client.delete(PASSAGES, headers=acme.olga.headers)
    back = await client.post(f"{PASSAGES}/rollback", json={"version": 1}, headers=acme.adam.headers)
    assert (back.json()["value"], back.json()["version"]) == (3, 4)
    page = (await client.get(f"{PASSAGES}/history?limit=3", headers=acme.otto.headers)).json()
    assert [(c["version"], c["value"]) for c in page["items"]] == [(4, 3), (3, None), (2, 4)]
    assert page["items"][1]["changed_by"]["id"] == str(acme.olga.key_id)
    rest = (await client.get(f"{PASSAGES}/history?cursor={page['next_cursor']}", headers=acme.otto.headers)).json()
    assert ([c["version"] for c in rest["items"]], rest["next_cursor"]) == ([1], None)


async def test_a_member_can_be_given_a_setting(client: AsyncClient, acme: Tenant) -> None:
    path = f"/api/v1/settings/ai.requests_per_minute?scope=member&member_id={acme.ana.member_id}"
    assert (await put(client, acme.adam, path, 5)).json()["set_by"] == "member"
    assert (await client.get(path, headers=acme.adam.headers)).json()["value"] == 5
    tenants = await client.get("/api/v1/settings/ai.requests_per_minute", headers=acme.adam.headers)
    assert tenants.json()["value"] == 60


async def test_a_flag_is_a_setting_under_a_shorter_name(client: AsyncClient, acme: Tenant) -> None:
    async def off() -> set[str]:
        flags = (await client.get("/api/v1/flags", headers=acme.adam.headers)).json()["items"]
        return {flag["key"] for flag in flags if not flag["enabled"]}

    path, off_before = "/api/v1/flags/feature.assistant", await off()
    done = await client.put(path, json={"enabled": False}, headers=acme.adam.headers)
    assert (done.json()["enabled"], done.json()["set_by"]) == (False, "tenant")
    assert await off() - off_before == {"feature.assistant"}
    session = await client.get("/api/v1/session", headers=acme.ana.headers)
    assert session.json()["features"]["feature.assistant"] is False


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/v1/settings/ai.nothing", {"value": 1}, 404, "setting.unknown"),
        ("/api/v1/settings/ai.passages_max", {"value": "3"}, 422, "setting.refused"),
        ("/api/v1/settings/ai.passages_max", {"value": 51}, 422, "setting.refused"),
        ("/api/v1/settings/ai.passages_max", {"value": None}, 422, "setting.refused"),
        ("/api/v1/settings/ai.passages_max", {}, 422, "request.invalid"),
        ("/api/v1/settings/ai.cache_seconds?scope=member&member_id={ana}", {"value": 1}, 422, "setting.scope_refused"),
        ("/api/v1/settings/ai.enabled?scope=platform", {"value": False}, 422, "request.invalid"),
        ("/api/v1/settings/ai.enabled?scope=member", {"value": False}, 422, "setting.scope_refused"),
        ("/api/v1/settings/ai.enabled?scope=member&member_id={nobody}", {"value": False}, 404, "member.not_found"),
        ("/api/v1/flags/ai.passages_max", {"enabled": True}, 404, "setting.unknown"),
        ("/api/v1/flags/ai.enabled", {"enabled": "yes please"}, 422, "request.invalid"),
    ],
)  # fmt: skip
async def test_bad_input_is_refused_with_the_bound(
    client: AsyncClient, acme: Tenant, path: str, body: object, status: int, code: str
) -> None:
    address = path.format(ana=acme.ana.member_id, nobody=uuid4())
    answer = await client.put(address, json=body, headers=acme.adam.headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if code == "setting.refused" and "passages" in path:
        assert (answer.json()["minimum"], answer.json()["maximum"]) == (0, 50)
    assert len(answer.text) < 2_000


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "9" * 5_000])
async def test_a_number_that_is_none_is_refused(client: AsyncClient, acme: Tenant, number: str) -> None:
    headers = acme.adam.headers | {"content-type": "application/json"}
    answer = await client.put(
        "/api/v1/settings/ai.confidence_threshold", content=f'{{"value": {number}}}', headers=headers
    )
    assert answer.status_code in {400, 422}


async def test_a_version_that_never_was_does_not_come_back(client: AsyncClient, acme: Tenant) -> None:
    for version, status in ((1, 404), (-1, 422), (10**30, 404)):
        answer = await client.post(f"{PASSAGES}/rollback", json={"version": version}, headers=acme.adam.headers)
        assert answer.status_code == status
