"""Settings and flags over GraphQL."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.graphql.conftest import ask, node_id  # noqa: F401  # a fixture among them
from tests.support.world import Tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]
CHANGE = """
mutation($input: SettingChangeInput!) {
  settingChange(input: $input) {
    setting { key value setBy version }
    receipt { position }
    userErrors { code problem ... on ValidationError { constraint } ... on ConflictError { currentVersion } }
  }
}
"""


async def test_a_setting_is_changed_and_taken_back(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    done = await ask(acme.adam, CHANGE, input={"key": "ai.route.small", "value": ["local/extractive", "openai/small"]})
    assert done["data"]["settingChange"]["setting"] == {
        "key": "ai.route.small", "value": ["local/extractive", "openai/small"], "setBy": "tenant", "version": 1,
    }  # fmt: skip
    reset = "mutation($input: SettingResetInput!) { settingReset(input: $input) { setting { value setBy version } } }"
    back = await ask(acme.adam, reset, input={"key": "ai.route.small", "expectedVersion": 1})
    assert back["data"]["settingReset"]["setting"] == {"value": ["local/extractive"], "setBy": "default", "version": 2}
    roll = "mutation($input: SettingRollbackInput!) { settingRollback(input: $input) { setting { version } } }"
    again = await ask(acme.adam, roll, input={"key": "ai.route.small", "version": 1})
    assert again["data"]["settingRollback"]["setting"] == {"version": 3}


async def test_a_refusal_is_data_with_the_bound(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    refused = await ask(acme.adam, CHANGE, input={"key": "ai.passages_max", "value": 51})
    (error,) = refused["data"]["settingChange"]["userErrors"]
    assert error["problem"] == "setting.refused"
    assert "maximum=50" in error["constraint"]
    await ask(acme.adam, CHANGE, input={"key": "ai.passages_max", "value": 5})
    late = await ask(acme.olga, CHANGE, input={"key": "ai.passages_max", "value": 6, "expectedVersion": 0})
    assert late["data"]["settingChange"]["userErrors"] == [
        {"code": "CONFLICT", "problem": "stream.version_conflict", "currentVersion": 1}
    ]


@pytest.mark.parametrize("name", ["ana", "vera"])
async def test_who_does_not_administer_sees_flags_and_no_settings(acme: Tenant, ask: Ask, name: str) -> None:  # noqa: F811
    person = acme.people[name]
    flags = (await ask(person, "{ featureFlags { key enabled reason } }"))["data"]["featureFlags"]
    assert {"key": "ai.enabled", "enabled": True, "reason": "default"} in flags
    assert (await ask(person, "{ settings { key } }"))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    changed = await ask(person, CHANGE, input={"key": "ai.passages_max", "value": 5})
    assert "FORBIDDEN" in str(changed)


async def test_ids_of_settings_and_flags_lead_back_to_them(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    asked = "query($s: ID!, $f: ID!, $n: ID!) { s: node(id: $s) { id } f: node(id: $f) { id } n: node(id: $n) { id } }"
    ids = {
        "s": node_id("Setting", "ai.passages_max"),
        "f": node_id("FeatureFlag", "ai.enabled"),
        "n": node_id("FeatureFlag", "ai.passages_max"),
    }
    assert (await ask(acme.adam, asked, **ids))["data"] == {"s": {"id": ids["s"]}, "f": {"id": ids["f"]}, "n": None}
    assert (await ask(acme.ana, asked, **ids))["data"] == {"s": None, "f": {"id": ids["f"]}, "n": None}


async def test_another_tenants_member_cannot_be_given_a_setting(acme: Tenant, globex: Tenant, ask: Ask) -> None:  # noqa: F811
    theirs = node_id("Member", globex.ana.member_id)
    wanted = {"key": "ai.requests_per_minute", "value": 1, "scope": "MEMBER", "memberId": theirs}
    (error,) = (await ask(acme.adam, CHANGE, input=wanted))["data"]["settingChange"]["userErrors"]
    assert error["problem"] == "member.not_found"
