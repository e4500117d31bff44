"""Half, four fifths and all of a budget are told once; an admin may let it begin anew, and the ledger stays."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.budget.decisions import BudgetPeriod, ResetRefused, reset, tell, threshold_of
from domain.budget.events import BudgetReset, BudgetThresholdReached
from gateway.alerts import BudgetAlerts, period_of
from gateway.budget import BudgetScope, Standing, lines_of
from gateway.embeddings import LOCAL_NAME
from gateway.refusals import BudgetExceeded
from infra import clock
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.support.world import Person, Tenant
from tests.usage.calls import record

BUDGETS = "/api/v1/budgets"
WHY = {"reason": "The board granted more."}


async def standing(colophon: Colophon, who: Person, scope: BudgetScope) -> Standing:
    lines = lines_of(await colophon.platform.policies.of(who.context), who.context, clock.now())
    found = await colophon.platform.budgets.standing(who.context, lines)
    return next(one for one in found if one.line.scope is scope)


async def told(colophon: Colophon, who: Person, scope: BudgetScope) -> list[Any]:
    line = (await standing(colophon, who, scope)).line
    stream = period_of(line).stream_in(who.context.tenant_id)
    return [recorded.event for recorded in await colophon.platform.log.load(stream, who.context)]


def percents(events: list[Any]) -> list[int]:
    return [event.threshold_percent for event in events if isinstance(event, BudgetThresholdReached)]


@pytest.mark.parametrize(("spent", "reached"), [(49, 0), (50, 50), (79, 50), (80, 80), (99, 80), (130, 100)])
def test_a_threshold_is_reached_at_its_share(spent: int, reached: int) -> None:
    assert threshold_of(spent, 100) == reached
    assert threshold_of(spent, 0) == 0


async def test_two_processes_that_settle_at_once_tell_it_once(colophon: Colophon, acme: Tenant) -> None:
    # given a line that is spent to nine tenths
    await record(colophon, acme.ana, cost_micros=900)
    await set_for(colophon, acme, "ai.tenant_day_micros", 1_000)
    found = await standing(colophon, acme.ana, BudgetScope.TENANT_DAY)
    tellers = [BudgetAlerts(colophon._door._parts.alerts._tell) for _ in range(8)]
    # when eight processes find it out together, and one of them again
    await asyncio.gather(*(teller.settled(acme.ana.context, [found]) for teller in tellers))
    await tellers[0].settled(acme.ana.context, [found])
    # then
    events = await told(colophon, acme.ana, BudgetScope.TENANT_DAY)
    assert percents(events) == [50, 80]
    assert [event.spent_micros for event in events] == [900, 900]


async def test_a_budget_that_pays_for_no_more_calls_is_told_as_used_up(colophon: Colophon, acme: Tenant) -> None:
    await record(colophon, acme.ana, cost_micros=990)
    await set_for(colophon, acme, "ai.tenant_day_micros", 1_000)
    with pytest.raises(BudgetExceeded):
        await called(colophon, acme.ana, asked())
    assert percents(await told(colophon, acme.ana, BudgetScope.TENANT_DAY)) == [50, 80, 100]


async def test_vectors_that_a_budget_no_longer_pays_for_tell_that_it_is_used_up(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    await record(colophon, acme.ana, cost_micros=1_000)
    await set_for(colophon, acme, "ai.tenant_day_micros", 1_001)
    wish = {"model": LOCAL_NAME, "input": "word " * 200}
    refused = await client.post("/v1/embeddings", json=wish, headers=acme.ana.headers)
    assert refused.status_code == 429, refused.text
    assert percents(await told(colophon, acme.ana, BudgetScope.TENANT_DAY))[-1] == 100


async def test_a_settled_call_tells_what_it_reached(colophon: Colophon, acme: Tenant) -> None:
    await set_for(colophon, acme, "ai.cache_seconds", 0)
    _, first = await called(colophon, acme.ana, asked())
    await set_for(colophon, acme, "ai.tenant_month_micros", 2 * first.settled.reserved_micros)
    await record(colophon, acme.ana, cost_micros=first.settled.reserved_micros - first.settled.cost_micros)
    await called(colophon, acme.ana, asked())
    assert percents(await told(colophon, acme.ana, BudgetScope.TENANT_MONTH)) == [50]


async def test_a_reset_lets_it_begin_anew_and_the_ledger_stays(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    # given a day that is used up
    await record(colophon, acme.ana, cost_micros=1_000)
    await set_for(colophon, acme, "ai.tenant_day_micros", 1_000)
    with pytest.raises(BudgetExceeded):
        await called(colophon, acme.ana, asked())
    # when
    headers = {**acme.adam.headers, "Idempotency-Key": "once"}
    done = await client.post(f"{BUDGETS}/tenant_day/resets", json=WHY, headers=headers)
    # then
    assert done.status_code == 200, done.text
    card = done.json()
    assert (card["spent_micros"], card["forgiven_micros"], card["remaining_micros"]) == (1_000, 1_000, 1_000)
    await called(colophon, acme.ana, asked())
    usage = (await client.get("/api/v1/usage", headers=acme.otto.headers)).json()
    assert usage["total_micros"] > 1_000
    # and the same request again does nothing
    again = await client.post(f"{BUDGETS}/tenant_day/resets", json=WHY, headers=headers)
    assert again.json()["receipt"]["position"] == card["receipt"]["position"]
    (given,) = [e for e in await told(colophon, acme.ana, BudgetScope.TENANT_DAY) if isinstance(e, BudgetReset)]
    assert (given.forgiven_micros, given.reason) == (1_000, WHY["reason"])


async def test_only_who_keeps_the_money_resets_it_and_says_why(acme: Tenant, client: AsyncClient) -> None:
    refused = await client.post(f"{BUDGETS}/tenant_day/resets", json=WHY, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "budget:write")
    for reason in ("", " ", "x" * 501, "turn \u202e around"):
        empty = await client.post(f"{BUDGETS}/tenant_day/resets", json={"reason": reason}, headers=acme.adam.headers)
        assert empty.status_code == 422, reason


async def test_a_reset_of_nothing_is_nothing(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    done = await client.post(f"{BUDGETS}/member_day/resets", json=WHY, headers=acme.adam.headers)
    assert (done.status_code, done.json()["forgiven_micros"]) == (200, 0)
    assert await told(colophon, acme.adam, BudgetScope.MEMBER_DAY) == []


def test_after_a_reset_thresholds_are_told_again_by_whoever_has_seen_it() -> None:
    budget = BudgetPeriod(scope="tenant_day", owner_id=UUID(int=1), period="2026-11-21", currency="USD")
    numbers: Any = {"limit_micros": 100, "threshold_percent": 50}
    first = tell([], budget, spent_micros=60, forgiven_micros=0, **numbers)
    past = [*first, *reset(first, budget, spent_micros=60, reason="More.")]
    assert [type(event) for event in past] == [BudgetThresholdReached, BudgetReset]
    assert tell(past, budget, spent_micros=120, forgiven_micros=0, **numbers) == []
    (again,) = tell(past, budget, spent_micros=120, forgiven_micros=60, **numbers)
    assert isinstance(again, BudgetThresholdReached)
    assert again.spent_micros == 60
    assert reset(past, budget, spent_micros=60, reason="More.") == []
    with pytest.raises(ResetRefused):
        reset(past, budget, spent_micros=61, reason="")
