"""Prompt templates over REST: who may, nobody else's, from draft to live and back, and what is refused."""

from typing import Any

import pytest
from httpx import AsyncClient

from domain.template.built_in import BUILT_IN
from tests.support.world import Person, Tenant

CONTENT: dict[str, Any] = {
    "purpose": "rewrite",
    "description": "Our own tone.",
    "system": "You rewrite a text for {{ audience }}.",
    "user": "The text:\n<<<{{ selection }}>>>\n",
    "variables": [{"name": "audience", "type": "text", "required": True, "characters_max": 200}],
    "examples": [{"asked": "Its a test.", "answered": "It is a test."}],
    "preset": "factual",
    "model": "small",
    "output_tokens_max": 800,
}
TONE = "/api/v1/templates/house-tone"
ROUTES = [
    ("GET", "/api/v1/templates", None),
    ("GET", "/api/v1/templates/draft", None),
    ("POST", f"{TONE}/versions", CONTENT),
    ("POST", f"{TONE}/versions/1/approval", None),
    ("PUT", f"{TONE}/live", {"arms": [{"version": 1}]}),
    ("DELETE", f"{TONE}/versions/1", None),
]


async def drafted(client: AsyncClient, person: Person, path: str = TONE, **differences: object) -> Any:
    answer = await client.post(f"{path}/versions", json=CONTENT | differences, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def approved(client: AsyncClient, person: Person, number: int, path: str = TONE) -> Any:
    return await client.post(f"{path}/versions/{number}/approval", headers=person.headers)


async def released(client: AsyncClient, person: Person, *arms: tuple[int, int], path: str = TONE) -> Any:
    body = {"arms": [{"version": number, "weight": weight} for number, weight in arms]}
    return await client.put(f"{path}/live", json=body, headers=person.headers)


def states(template: Any) -> dict[int, str]:
    return {one["version"]: one["state"] for one in template["versions"]}


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_gets_in_without_a_credential(client: AsyncClient, method: str, path: str, body: object) -> None:
    assert (await client.request(method, path, json=body)).status_code == 401


async def test_one_tenants_templates_are_nowhere_in_anothers(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    # given a template with a canary, live in one tenant, under a name that is its own and one that is everybody's
    for path, purpose in ((TONE, "rewrite"), ("/api/v1/templates/draft", "draft")):
        await drafted(client, acme.adam, path, purpose=purpose, description="canary nightingale")
        assert (await approved(client, acme.adam, 1, path)).status_code == 200
        assert (await released(client, acme.adam, (1, 100), path=path)).status_code == 200
    # then the other tenant neither reads it nor changes it
    for path in ("/api/v1/templates", "/api/v1/templates/draft"):
        assert "nightingale" in (await client.get(path, headers=acme.adam.headers)).text
        assert "nightingale" not in (await client.get(path, headers=globex.adam.headers)).text
    for method, path, body in ROUTES[3:]:
        answer = await client.request(method, path, json=body, headers=globex.adam.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "template.not_found")
    assert (await client.get(TONE, headers=globex.adam.headers)).status_code == 404
    await drafted(client, globex.adam, description="another one")
    assert (await client.get(TONE, headers=acme.adam.headers)).json()["description"] == "canary nightingale"


async def test_who_uses_ai_reads_them_and_who_administers_writes_them(client: AsyncClient, acme: Tenant) -> None:
    def statuses(person: Person) -> Any:
        return [client.request(method, path, json=body, headers=person.headers) for method, path, body in ROUTES]

    by_person = {name: [(await one).status_code for one in statuses(getattr(acme, name))] for name in ("ana", "otto")}
    assert by_person == {"ana": [200, 200, 403, 403, 403, 403], "otto": [200, 200, 403, 403, 403, 403]}
    assert [(await one).status_code for one in statuses(acme.vera)] == [403] * 6
    assert [(await one).status_code for one in statuses(acme.adam)] == [200, 200, 201, 200, 200, 200]


async def test_a_template_goes_from_draft_over_approved_to_live(client: AsyncClient, acme: Tenant) -> None:
    first = await drafted(client, acme.adam)
    assert (states(first), first["live"], first["built_in"]) == ({1: "draft"}, [], False)
    refused = await released(client, acme.adam, (1, 100))
    assert (refused.status_code, refused.json()["code"]) == (409, "template.not_approved")
    assert states((await approved(client, acme.olga, 1)).json()) == {1: "approved"}
    live = (await released(client, acme.adam, (1, 100))).json()
    assert (states(live), live["live"]) == ({1: "live"}, [{"version": 1, "weight": 100}])
    (version,) = live["versions"]
    assert version["content"] == CONTENT | {
        "variables": [CONTENT["variables"][0] | {"description": ""}],
        "gives_way": ["examples", "history", "passages", "context", "terms"],
    }
    assert version["drafted_by"]["id"] == str(acme.adam.key_id)
    assert version["approved_by"]["id"] == str(acme.olga.key_id)


async def test_an_older_version_made_live_again_is_the_way_back(client: AsyncClient, acme: Tenant) -> None:
    for number in (1, 2):
        await drafted(client, acme.adam, description=f"Number {number}.")
        await approved(client, acme.adam, number)
        await released(client, acme.adam, (number, 100))
    back = (await released(client, acme.adam, (1, 100))).json()
    assert states(back) == {1: "live", 2: "retired"}
    assert [one["content"]["description"] for one in back["versions"]] == ["Number 2.", "Number 1."]
    assert back["description"] == "Number 1."


async def test_two_versions_share_the_calls_by_weight(client: AsyncClient, acme: Tenant) -> None:
    for number in (1, 2, 3):
        await drafted(client, acme.adam)
        await approved(client, acme.adam, number)
    both = (await released(client, acme.adam, (1, 90), (3, 10))).json()
    assert states(both) == {1: "live", 2: "approved", 3: "live"}
    assert both["live"] == [{"version": 1, "weight": 90}, {"version": 3, "weight": 10}]
    for arms in ([], [(1, 1), (2, 1), (3, 1)], [(1, 50), (1, 50)], [(1, 0)], [(1, 101)]):
        refused = await released(client, acme.adam, *arms)
        assert (refused.status_code, refused.json()["code"]) == (422, "template.refused")
    one = await client.delete(f"{TONE}/versions/1", headers=acme.adam.headers)
    assert one.json()["live"] == [{"version": 3, "weight": 10}]


async def test_what_comes_with_the_platform_counts_until_the_tenant_has_its_own(
    client: AsyncClient, acme: Tenant
) -> None:
    listed = (await client.get("/api/v1/templates", headers=acme.ana.headers)).json()["items"]
    assert {one["name"]: one["live"] for one in listed} == {name: [{"version": 0, "weight": 100}] for name in BUILT_IN}
    path = "/api/v1/templates/rewrite"
    await drafted(client, acme.adam, path)
    await approved(client, acme.adam, 1, path)
    own = (await released(client, acme.adam, (1, 100), path=path)).json()
    assert (states(own), own["live"]) == ({1: "live", 0: "built_in"}, [{"version": 1, "weight": 100}])
    retired = await client.delete(f"{path}/versions/1", headers=acme.adam.headers)
    assert (states(retired.json()), retired.json()["live"]) == (
        {1: "retired", 0: "built_in"}, [{"version": 0, "weight": 100}],
    )  # fmt: skip
    other = await client.post(f"{path}/versions", json=CONTENT | {"purpose": "chat"}, headers=acme.adam.headers)
    assert (other.status_code, other.json()["field"]) == (422, "purpose")


async def test_a_template_is_approved_by_another_person_where_the_tenant_wants_that(
    client: AsyncClient, acme: Tenant
) -> None:
    setting = "/api/v1/settings/ai.template_four_eyes"
    assert (await client.put(setting, json={"value": True}, headers=acme.adam.headers)).status_code == 200
    await drafted(client, acme.adam)
    refused = await approved(client, acme.adam, 1)
    assert (refused.status_code, refused.json()["code"]) == (403, "template.needs_another_person")
    assert (await approved(client, acme.olga, 1)).status_code == 200


async def test_a_draft_that_was_given_up_is_not_approved_any_more(client: AsyncClient, acme: Tenant) -> None:
    await drafted(client, acme.adam)
    await client.delete(f"{TONE}/versions/1", headers=acme.adam.headers)
    assert (await approved(client, acme.adam, 1)).status_code == 422


async def test_two_who_saw_the_same_version_do_not_overwrite_each_other(client: AsyncClient, acme: Tenant) -> None:
    await drafted(client, acme.adam)
    seen = (await client.get(TONE, headers=acme.adam.headers)).headers["ETag"]
    assert (await approved(client, acme.adam, 1)).status_code == 200
    late = await client.post(f"{TONE}/versions", json=CONTENT, headers=acme.olga.headers | {"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (409, "stream.version_conflict")


@pytest.mark.parametrize(
    ("field", "differences"),
    [
        ("user", {"user": "{{ selection"}),
        ("user", {"user": "{{ nobody }}"}),
        ("system", {"system": "{{ 7 * 7 }}"}),
        ("system", {"system": "{{ range(1000000) }}"}),
        ("user", {"user": "{% for a in range(9) %}x{% endfor %}"}),
        ("user", {"user": "{% for letter in selection %}{{ letter }}{% endfor %}"}),
        ("user", {"user": "{{ selection|join(selection) }}"}),
        ("user", {"user": "{% set x = selection %}{{ x }}"}),
        ("user", {"user": "{{ selection.__class__ }}"}),
        ("user", {"user": "{% include 'other' %}"}),
        ("user", {"user": "{{ passages[0].text }}"}),
        ("user", {"user": "a" * 20_001}),
        ("user", {"user": "hidden \u202e text"}),
        ("user", {"user": " ", "system": ""}),
        ("variables", {"variables": [{"name": "selection"}]}),
        ("variables", {"variables": [{"name": "Loud"}]}),
        ("variables", {"variables": [{"name": "a"}, {"name": "a"}]}),
        ("variables", {"variables": [{"name": "audience", "characters_max": 0}]}),
        ("examples", {"examples": [{"asked": "", "answered": "x"}]}),
        ("model", {"model": "the best one"}),
        ("output_tokens_max", {"output_tokens_max": 1}),
        ("gives_way", {"gives_way": ["passages", "passages"]}),
    ],
)
async def test_a_draft_that_no_prompt_may_be_is_refused(
    client: AsyncClient, acme: Tenant, field: str, differences: dict[str, object]
) -> None:
    answer = await client.post(f"{TONE}/versions", json=CONTENT | differences, headers=acme.adam.headers)
    assert (answer.status_code, answer.json().get("code"), answer.json().get("field")) == (
        422, "template.refused", field,
    )  # fmt: skip
    assert len(answer.text) < 2_000


@pytest.mark.parametrize("name", ["Loud", "-", "a b", "x" * 61, "%C3%A4"])
async def test_a_name_is_a_short_word_for_addresses(client: AsyncClient, acme: Tenant, name: str) -> None:
    answer = await client.post(f"/api/v1/templates/{name}/versions", json=CONTENT, headers=acme.adam.headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "name")


async def test_the_audit_log_says_who_did_what_and_nothing_of_the_text(client: AsyncClient, acme: Tenant) -> None:
    await drafted(client, acme.adam, description="nightingale")
    await approved(client, acme.olga, 1)
    await released(client, acme.adam, (1, 100))
    page = await client.get("/api/v1/audit/entries?action=template", headers=acme.otto.headers)
    entries = {one["action"]: one for one in page.json()["items"]}
    assert entries.keys() == {"template.drafted.v1", "template.approved.v1", "template.released.v1"}
    assert "nightingale" not in page.text
    assert "house-tone" in str(entries["template.approved.v1"])
