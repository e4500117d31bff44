"""Each setting takes values of its type within its bounds, where it may be set, and nothing else."""

from uuid import UUID

import pytest

from domain.ids import PLATFORM, MemberId, TenantId
from domain.settings.contract_prices import prices_of
from domain.settings.decisions import (
    NoSuchSettingVersion,
    ScopeRefused,
    SettingRefused,
    accepted,
    change,
    owner_of,
    reset,
    value_at,
)
from domain.settings.events import SettingChanged, SettingReset
from domain.settings.registry import REGISTRY, UnknownSetting, definition_of
from domain.settings.values import Scope

ACME, ANA = TenantId(UUID(int=1)), MemberId(UUID(int=2))
PASSAGES = definition_of("ai.passages_max")


@pytest.mark.parametrize("key", REGISTRY)
def test_every_default_is_a_value_that_could_be_set(key: str) -> None:
    definition = REGISTRY[key]
    assert accepted(definition, definition.default) == definition.default
    assert definition.description.endswith(".")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ai.enabled", "true"),
        ("ai.enabled", 1),
        ("ai.enabled", None),
        ("ai.passages_max", True),
        ("ai.passages_max", 2.0),
        ("ai.passages_max", -1),
        ("ai.passages_max", 51),
        ("ai.passages_max", 10**400),
        ("ai.passages_max", {"a": 1}),
        ("ai.confidence_threshold", 1.01),
        ("ai.confidence_threshold", float("nan")),
        ("ai.confidence_threshold", float("inf")),
        ("ai.confidence_threshold", True),
        ("ai.route.small", []),
        ("ai.route.small", "local/extractive"),
        ("ai.route.small", ["local/extractive", "local/extractive"]),
        ("ai.route.small", ["local/extractive", 3]),
        ("ai.route.small", ["no-slash"]),
        ("ai.route.small", ["a/b\nc"]),
        ("ai.route.small", [f"local/{n}" for n in range(11)]),
        ("documents.default_sharing", "public"),
        ("ai.currency", "QQQ"),
        ("ai.currency", "usd"),
        ("ai.unpriced_micros_per_million_max", 0),
        ("ai.contract_prices", "openai/gpt-4o input=1 output=2"),
        ("ai.contract_prices", ["openai/gpt-4o input=1"]),
        ("ai.contract_prices", ["openai/gpt-4o input=1 output=-2"]),
        ("ai.contract_prices", ["openai/gpt-4o input=1 output=2 output=3"]),
        ("ai.contract_prices", ["openai/gpt-4o input=1 output=2 tea=3"]),
        ("ai.contract_prices", ["openai/gpt-4o input=1 output=2000000000001"]),
        ("ai.contract_prices", ["gpt-4o input=1 output=2"]),
        ("ai.contract_prices", ["a/b input=1 output=2", "a/b input=1 output=3"]),
        ("ai.contract_prices", ["a/b input=1 output=2", 3]),
        ("ai.contract_prices", [""]),
        ("ai.pii_patterns", "a+"),
        ("ai.pii_patterns", ["("]),
        ("ai.pii_patterns", ["a*"]),
        ("ai.pii_patterns", ["a" * 201]),
        ("ai.pii_patterns", ["a", "a"]),
        ("ai.pii_patterns", ["a", 1]),
        ("ai.pii_patterns", [f"a{n}" for n in range(21)]),
        ("ai.pii_patterns", ["nul \0"]),
        ("ai.pii_patterns", ["half \ud800"]),
    ],
)
def test_a_value_of_another_type_or_out_of_bounds_is_refused(key: str, value: object) -> None:
    with pytest.raises(SettingRefused) as refusal:
        accepted(definition_of(key), value)
    assert refusal.value.facts()["key"] == key


def test_an_unknown_key_is_refused_without_repeating_all_of_it() -> None:
    with pytest.raises(UnknownSetting) as refusal:
        definition_of("x" * 1_000_000)
    assert len(str(refusal.value.facts())) < 100


@pytest.mark.parametrize(
    ("key", "scope", "tenant_id", "member_id"),
    [
        ("ai.tenant_day_micros", Scope.MEMBER, ACME, ANA),
        ("documents.default_sharing", Scope.PLATFORM, PLATFORM, None),
        ("ai.enabled", Scope.PLATFORM, ACME, None),
        ("ai.enabled", Scope.TENANT, PLATFORM, None),
        ("ai.enabled", Scope.MEMBER, ACME, None),
        ("ai.enabled", Scope.TENANT, ACME, ANA),
    ],
)
def test_a_setting_is_set_only_where_the_registry_says_and_only_from_there(
    key: str, scope: Scope, tenant_id: TenantId, member_id: MemberId | None
) -> None:
    with pytest.raises(ScopeRefused):
        owner_of(definition_of(key), scope, tenant_id, member_id)


def test_a_change_tells_what_was_set_before() -> None:
    first = SettingChanged(scope=Scope.TENANT, owner_id=ACME, key=PASSAGES.key, value=3, former=None)
    (second,) = change([first], PASSAGES, Scope.TENANT, ACME, 5)
    assert second == SettingChanged(scope=Scope.TENANT, owner_id=ACME, key=PASSAGES.key, value=5, former=3)
    assert change([first], PASSAGES, Scope.TENANT, ACME, 3) == []


def test_a_reset_takes_back_what_is_set_and_nothing_twice() -> None:
    first = SettingChanged(scope=Scope.TENANT, owner_id=ACME, key=PASSAGES.key, value=3, former=None)
    taken_back = SettingReset(scope=Scope.TENANT, owner_id=ACME, key=PASSAGES.key, former=3)
    assert reset([first], PASSAGES, Scope.TENANT, ACME) == [taken_back]
    assert reset([first, taken_back], PASSAGES, Scope.TENANT, ACME) == []


def test_every_former_value_can_be_found_and_no_other() -> None:
    first = SettingChanged(scope=Scope.TENANT, owner_id=ACME, key=PASSAGES.key, value=3, former=None)
    assert [value_at([first], version) for version in (0, 1)] == [None, 3]
    for version in (-1, 2):
        with pytest.raises(NoSuchSettingVersion):
            value_at([first], version)


def test_prices_are_written_in_one_way_and_say_every_bucket() -> None:
    definition = definition_of("ai.contract_prices")
    lines = accepted(definition, ["openai/gpt-4o  input=250  output=1000 cache_read=25"])
    assert lines == ("openai/gpt-4o input=250 output=1000 cache_read=25",)
    assert isinstance(lines, tuple)
    assert prices_of(lines) == {
        "openai/gpt-4o": {"input": 250, "cache_read": 25, "cache_write": 250, "output": 1000, "reasoning": 1000}
    }
    assert accepted(definition, []) == ()
