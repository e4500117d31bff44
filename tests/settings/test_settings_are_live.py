"""What is set counts at once in its own process, soon in every other, and for whom it was set alone."""

import asyncio

import pytest

from app.bootstrap import Colophon, build
from commands.event_log import CommandContext, VersionConflict
from commands.execute import PermissionMissing
from commands.settings.change_setting import ChangeSetting
from commands.settings.reset_setting import ResetSetting
from commands.settings.roll_back_setting import RollBackSetting
from domain.actor import OPERATOR
from domain.directory.decisions import NoSuchMember
from domain.ids import PLATFORM
from domain.settings.decisions import ScopeRefused
from domain.settings.values import Scope
from infra import clock
from projections.policies import AGE_SECONDS_MAX, PolicyReader
from tenancy.context import TenantContext
from tenancy.roles import OPERATOR_PERMISSIONS
from tests.support.world import Person, Tenant, installation, open_tenant

KEY = "ai.passages_max"


def for_the_house(colophon: Colophon) -> CommandContext:
    house = TenantContext(tenant_id=PLATFORM, actor=OPERATOR, permissions=OPERATOR_PERMISSIONS, request_id="test")
    return CommandContext(tenant=house, command_id=colophon.platform.new_id(), now=clock.now())


async def put(
    colophon: Colophon, person: Person, value: object, *, key: str = KEY, for_whom: Person | None = None
) -> None:
    scope = Scope.TENANT if for_whom is None else Scope.MEMBER
    member_id = None if for_whom is None else for_whom.member_id
    command = ChangeSetting(key=key, scope=scope, value=value, member_id=member_id)
    await colophon.platform.executor.execute(command, person.command())


async def passages_max(colophon: Colophon, person: Person) -> int:
    return (await colophon.platform.policies.of(person.context)).whole(KEY)


async def test_what_a_tenant_sets_binds_it_and_no_other(colophon: Colophon, acme: Tenant, globex: Tenant) -> None:
    await put(colophon, acme.adam, 3)
    assert [await passages_max(colophon, person) for person in (acme.ana, globex.ana)] == [3, 8]


async def test_what_is_set_for_a_member_wins_for_that_member(colophon: Colophon, acme: Tenant) -> None:
    key = "ai.requests_per_minute"
    await put(colophon, acme.adam, 30, key=key)
    await put(colophon, acme.adam, 5, key=key, for_whom=acme.ana)
    found = [(await colophon.platform.policies.of(p.context)).whole(key) for p in (acme.ana, acme.olga)]
    assert found == [5, 30]


async def test_nobody_below_turns_on_what_somebody_above_has_turned_off(colophon: Colophon, acme: Tenant) -> None:
    await put(colophon, acme.adam, value=True, key="ai.enabled", for_whom=acme.ana)
    await put(colophon, acme.adam, value=False, key="ai.enabled")
    assert not (await colophon.platform.policies.of(acme.ana.context)).flag("ai.enabled")


async def test_the_house_binds_every_tenant_that_has_not_decided_itself(
    colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    execute, house = colophon.platform.executor.execute, for_the_house(colophon)
    await put(colophon, globex.adam, 4)
    try:
        await execute(ChangeSetting(key=KEY, scope=Scope.PLATFORM, value=2), house)
        assert [await passages_max(colophon, p) for p in (acme.ana, globex.ana)] == [2, 4]
    finally:
        await execute(ResetSetting(key=KEY, scope=Scope.PLATFORM), for_the_house(colophon))
    assert await passages_max(colophon, acme.ana) == 8


async def test_another_process_learns_it_without_being_told(colophon: Colophon, acme: Tenant) -> None:
    other = build(installation(colophon._foundation.installation.database_url))
    try:
        assert await passages_max(other, acme.ana) == 8
        await put(colophon, acme.adam, 3)
        async with asyncio.timeout(60):
            while await passages_max(other, acme.ana) != 3:  # noqa: ASYNC110  # no other process tells
                await asyncio.sleep(0.01)
    finally:
        await other.stop()
    assert AGE_SECONDS_MAX <= 0.5


async def test_callers_of_a_tenant_share_one_look(colophon: Colophon, acme: Tenant) -> None:
    reader = PolicyReader(colophon.platform.reads)
    first, second = await asyncio.gather(reader._snapshot(acme.tenant_id), reader._snapshot(acme.tenant_id))
    assert first is second


async def test_a_version_tells_how_often_the_value_was_changed_where_it_comes_from(
    colophon: Colophon, acme: Tenant
) -> None:
    versions = []
    for value in (3, 4):
        versions.append((await colophon.platform.policies.of(acme.ana.context)).versions[KEY])
        await put(colophon, acme.adam, value)
    versions.append((await colophon.platform.policies.of(acme.ana.context)).versions[KEY])
    assert versions == [0, 1, 2]


async def test_two_admins_who_change_one_setting_do_not_overwrite_each_other(colophon: Colophon, acme: Tenant) -> None:
    # given both have seen that nobody set it
    commands = [ChangeSetting(key=KEY, scope=Scope.TENANT, value=value, expected_version=0) for value in (3, 4)]
    people = (acme.adam, acme.olga)
    # when both change it
    done = await asyncio.gather(
        *(colophon.platform.executor.execute(c, p.command()) for c, p in zip(commands, people, strict=True)),
        return_exceptions=True,
    )
    # then one is told the version that it has not seen
    (refused,) = [outcome for outcome in done if isinstance(outcome, VersionConflict)]
    assert refused.facts() == {"current_version": 1}


async def test_a_former_value_comes_back_as_a_new_change(colophon: Colophon, acme: Tenant) -> None:
    execute = colophon.platform.executor.execute
    await put(colophon, acme.adam, 3)
    await put(colophon, acme.adam, 4)
    back = await execute(RollBackSetting(key=KEY, scope=Scope.TENANT, version=1), acme.adam.command())
    assert (await passages_max(colophon, acme.ana), back.stream_version) == (3, 3)
    await execute(RollBackSetting(key=KEY, scope=Scope.TENANT, version=0), acme.adam.command())
    assert await passages_max(colophon, acme.ana) == 8


@pytest.mark.parametrize("name", ["ana", "vera", "otto"])
async def test_who_may_not_administer_changes_no_setting(colophon: Colophon, acme: Tenant, name: str) -> None:
    with pytest.raises(PermissionMissing):
        await put(colophon, acme.people[name], 3)


async def test_an_admin_does_not_reach_the_settings_of_the_house(colophon: Colophon, acme: Tenant) -> None:
    with pytest.raises(ScopeRefused):
        await colophon.platform.executor.execute(
            ChangeSetting(key=KEY, scope=Scope.PLATFORM, value=3), acme.adam.command()
        )


async def test_another_tenants_member_cannot_be_given_a_setting(
    colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    with pytest.raises(NoSuchMember):
        await put(colophon, acme.adam, 5, key="ai.requests_per_minute", for_whom=globex.ana)


@pytest.mark.parametrize(("plan", "cap"), [("free", 5_000_000), ("team", 1_000_000_000), ("enterprise", 1_900_000_000)])
async def test_a_plan_caps_what_a_tenant_may_spend_in_a_month(colophon: Colophon, plan: str, cap: int) -> None:
    tenant = await open_tenant(colophon, plan=plan)
    await put(colophon, tenant.adam, 1_900_000_000, key="ai.tenant_month_micros")
    assert (await colophon.platform.policies.of(tenant.ana.context)).whole("ai.tenant_month_micros") == cap
