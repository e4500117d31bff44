"""A call goes through the door: it is answered, paid and in the ledger, or refused for a reason that is told."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.settings.change_setting import ChangeSetting
from domain.ids import CallId
from domain.settings.values import Scope
from gateway.budget import lines_of
from gateway.calls import AiRequest, Answer, Delta, FinishReason, Purpose
from gateway.refusals import AiSwitchedOff, BudgetExceeded, RateLimited, UnknownModel
from infra import clock
from projections import ai_ledger
from tests.support.world import Person, Tenant

TEXT = (
    "The calibration takes four weeks. The customer pays 1,200 EUR on 2026-03-01. Nobody likes waiting very much. "
    "The laboratory returns the instrument with its certificate."
)


def asked(**differences: Any) -> AiRequest:
    wish = {"purpose": Purpose.SUMMARISE, "variables": {"selection": TEXT}, "call_id": CallId(uuid7())}
    return AiRequest(**{**wish, **differences})


async def called(colophon: Colophon, who: Person, request: AiRequest) -> tuple[str, Answer]:
    """The text as it streamed, and the answer."""
    text, answer = "", None
    async with aclosing(colophon.platform.gateway.stream(request, who.context)) as items:  # type: ignore[type-var]
        async for item in items:
            if isinstance(item, Delta):
                text += item.text
            else:
                answer = item
    assert answer is not None
    return text, answer


async def set_for(colophon: Colophon, tenant: Tenant, key: str, value: object) -> None:
    await colophon.platform.executor.execute(
        ChangeSetting(key=key, scope=Scope.TENANT, value=value), tenant.olga.command()
    )
    colophon.platform.policies.forget(tenant.tenant_id)


async def spent_and_held(colophon: Colophon, who: Person) -> list[tuple[int, int]]:
    policy = await colophon.platform.policies.of(who.context)
    lines = lines_of(policy, who.context, clock.now())
    return [(s.spent_micros, s.reserved_micros) for s in await colophon.platform.budgets.standing(who.context, lines)]


async def ledger_micros(colophon: Colophon, who: Person) -> int:
    async with colophon.platform.reads.as_app(who.context) as connection:
        rows = await connection.execute(ai_ledger.ai_calls.select())
        return sum(row.cost_micros for row in rows)


async def test_what_streamed_is_what_is_answered_and_paid(colophon: Colophon, acme: Tenant) -> None:
    text, answer = await called(colophon, acme.ana, asked())
    assert text == answer.text
    assert "calibration takes four weeks" in text
    assert answer.finish_reason is FinishReason.STOP
    assert "extractive" in answer.notice
    cost = answer.settled.cost_micros
    assert cost > 0
    assert await ledger_micros(colophon, acme.ana) == cost
    assert await spent_and_held(colophon, acme.ana) == [(cost, 0)] * 3


async def test_the_same_question_again_costs_nothing(colophon: Colophon, acme: Tenant) -> None:
    first, paid = await called(colophon, acme.ana, asked())
    again, free = await called(colophon, acme.ana, asked())
    assert again == first
    assert (paid.settled.cached, free.settled.cached, free.settled.cost_micros) == (False, True, 0)


async def test_one_tenants_answer_is_never_another_tenants(colophon: Colophon, acme: Tenant, globex: Tenant) -> None:
    await called(colophon, acme.ana, asked())
    _, answer = await called(colophon, globex.ana, asked())
    assert not answer.settled.cached


async def test_switched_off_is_refused_and_costs_nothing(colophon: Colophon, acme: Tenant, globex: Tenant) -> None:
    await set_for(colophon, acme, "ai.enabled", value=False)
    with pytest.raises(AiSwitchedOff):
        await called(colophon, acme.ana, asked())
    assert await ledger_micros(colophon, acme.ana) == 0
    await called(colophon, globex.ana, asked())


async def test_an_empty_budget_is_refused_with_its_facts(colophon: Colophon, acme: Tenant) -> None:
    await set_for(colophon, acme, "ai.tenant_day_micros", 10)
    with pytest.raises(BudgetExceeded) as refused:
        await called(colophon, acme.ana, asked())
    assert refused.value.facts()["scope"] == "tenant_day"
    assert refused.value.facts()["remaining_micros"] == 10
    assert (await spent_and_held(colophon, acme.ana))[0] == (0, 0)


async def test_a_budget_that_ends_in_the_middle_ends_the_text_honestly(colophon: Colophon, acme: Tenant) -> None:
    request = asked(variables={"selection": TEXT})
    whole, _ = await called(colophon, acme.ana, request)
    await set_for(colophon, acme, "ai.cache_seconds", 0)
    # Enough for the longest prompt this could be and a few words of answer.
    bound = await prompt_bound_micros(colophon, acme.ana)
    spent = (await spent_and_held(colophon, acme.ana))[1][0]
    await set_for(colophon, acme, "ai.tenant_day_micros", spent + bound + 20)
    text, answer = await called(colophon, acme.ana, asked(variables={"selection": TEXT}))
    assert answer.finish_reason is FinishReason.BUDGET
    assert "budget" in answer.notice
    assert whole.startswith(text)
    assert len(text) < len(whole)
    (_, (spent_of_day, held), _) = await spent_and_held(colophon, acme.ana)
    assert held == 0
    assert spent_of_day <= spent + bound + 20


async def prompt_bound_micros(colophon: Colophon, who: Person) -> int:
    """What this prompt is reserved at without any answer: learnt from a call, as a client would."""
    _, answer = await called(colophon, who, asked(output_tokens_max=16))
    output_rate = dict(answer.settled.rates_micros_per_million)["output"]
    return answer.settled.reserved_micros - 16 * output_rate // 1_000_000


async def test_a_hundred_calls_at_once_on_a_nearly_empty_budget_do_not_overspend(
    colophon: Colophon, acme: Tenant
) -> None:
    await set_for(colophon, acme, "ai.cache_seconds", 0)
    await set_for(colophon, acme, "ai.requests_per_minute", 1_000)
    _, one = await called(colophon, acme.ana, asked())
    limit = one.settled.cost_micros + 5 * one.settled.reserved_micros
    await set_for(colophon, acme, "ai.tenant_day_micros", limit)

    ends = await asyncio.gather(*(called(colophon, acme.ana, asked()) for _ in range(100)), return_exceptions=True)

    answered = [end for end in ends if isinstance(end, tuple)]
    assert {type(end) for end in ends} == {tuple, BudgetExceeded}
    assert len(answered) >= 5
    (_, (spent, held), _) = await spent_and_held(colophon, acme.ana)
    assert (held, spent) == (0, await ledger_micros(colophon, acme.ana))
    assert spent <= limit


async def test_counters_that_were_flushed_are_filled_from_the_ledger(colophon: Colophon, acme: Tenant) -> None:
    _, answer = await called(colophon, acme.ana, asked())
    await colophon._foundation.redis.flushall()
    assert (await spent_and_held(colophon, acme.ana))[1] == (answer.settled.cost_micros, 0)


async def test_a_caller_that_leaves_pays_for_what_it_had(colophon: Colophon, acme: Tenant) -> None:
    async with aclosing(colophon.platform.gateway.stream(asked(), acme.ana.context)) as items:  # type: ignore[type-var]
        assert isinstance(await anext(items), Delta)
    await colophon._door.finish()
    (_, (spent, held), _) = await spent_and_held(colophon, acme.ana)
    assert held == 0
    assert spent == await ledger_micros(colophon, acme.ana) > 0


async def test_an_unknown_model_is_refused(colophon: Colophon, acme: Tenant) -> None:
    with pytest.raises(UnknownModel):
        await called(colophon, acme.ana, asked(model="nobody/knows"))


async def test_calls_of_a_minute_are_limited(colophon: Colophon, acme: Tenant) -> None:
    await set_for(colophon, acme, "ai.requests_per_minute", 1)
    # Three, because a new minute may begin between two of them.
    ends = await asyncio.gather(*(called(colophon, acme.ana, asked()) for _ in range(3)), return_exceptions=True)
    assert RateLimited in {type(end) for end in ends}
