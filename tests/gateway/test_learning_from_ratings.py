"""Ratings are learnt from beside the calls, by tenant and task; what came of it is seen, and is there after a start."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from commands.event_log import StreamWrite
from domain.ai.events import AiCallRated, Judgement
from domain.ids import CallId, StreamId
from domain.sealed import Sealed
from tests.gateway.answers import calibrations_of, rated_answers
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_escalation import DOUBTFUL
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.waiting import until
from tests.support.world import Tenant, installation
from tests.usage.calls import settled

Ask = Callable[..., Awaitable[dict[str, Any]]]

STATE = """{ confidence {
  isSwitchedOn labelledMin thresholdPermille tasks { purpose model labelled good isRouted calibrationError reason }
} }"""


async def rated(colophon: Colophon, tenant: Tenant, answers: int, **differences: Any) -> None:
    """So many answers of one model to summaries, each with a rating."""
    writes = []
    for number, row in enumerate(rated_answers(answers)):
        judgement = Judgement(
            model=OPENAI, signals=row.signals, confidence_permille=None, threshold_permille=700, labelled=0,
            escalated=False, explored=False, propensity_permille=1000,
        )  # fmt: skip
        call_id = CallId(uuid7())
        told: dict[str, Any] = {"provider": "openai", "model": "gpt-4o-mini", "judgement": judgement, **differences}
        call = settled(tenant.ana, call_id=call_id, purpose="summarise", template="summarise", **told)
        events: list[Sealed] = [call]
        rating = (5 if number % 2 else 4) if row.good else (1 if number % 2 else 2)
        events.append(
            AiCallRated(
                call_id=call_id, document_id=None, rating=rating, comment="", rated_by=tenant.ana.member_id
            )
        )  # fmt: skip
        writes.append(StreamWrite(StreamId(call_id), 0, events))
    await colophon.platform.log.append(writes, tenant.operator)


async def tasks_of(client: AsyncClient, tenant: Tenant) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/confidence", headers=tenant.olga.headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["tasks"]
    return found


async def test_who_may_read_usage_sees_it_and_nobody_else(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    await rated(colophon, acme, 20)
    assert (await client.get("/api/v1/confidence")).status_code == 401
    assert (await client.get("/api/v1/confidence", headers=acme.ana.headers)).status_code == 403
    assert (await ask(acme.ana, STATE))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await tasks_of(client, globex) == []
    assert (await ask(globex.olga, STATE))["data"]["confidence"]["tasks"] == []
    assert [task["labelled"] for task in await tasks_of(client, acme)] == [20]


async def test_the_state_tells_how_many_are_rated_and_how_well_that_holds(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    await set_for(colophon, acme, "ai.confidence_routing", value=True)
    await rated(colophon, acme, 299)
    (few,) = await tasks_of(client, acme)
    assert (few["labelled"], few["is_routed"], few["calibration_error"]) == (299, False, None)
    assert few["reason"] == "The route is static: 299 of 300 answers that it takes are rated."
    await rated(colophon, acme, 101)
    (enough,) = await tasks_of(client, acme)
    assert (enough["purpose"], enough["model"], enough["labelled"]) == ("summarise", OPENAI, 400)
    assert enough["is_routed"]
    assert enough["calibration_error"] < 0.15
    assert enough["separation"] > 0.8
    state = (await ask(acme.otto, STATE))["data"]["confidence"]
    assert (state["isSwitchedOn"], state["labelledMin"], state["thresholdPermille"]) == (True, 300, 700)
    assert [(task["labelled"], task["isRouted"]) for task in state["tasks"]] == [(400, True)]
    await set_for(colophon, acme, "ai.confidence_routing", value=False)
    assert [task["is_routed"] for task in await tasks_of(client, acme)] == [False]


@pytest.mark.parametrize(
    "differences", [{"judgement": None}, {"cached": True}, {"model": "gpt-4o"}], ids=["unjudged", "cached", "escalated"]
)
async def test_answers_that_were_not_that_models_own_teach_nothing(
    client: AsyncClient, colophon: Colophon, acme: Tenant, differences: dict[str, Any]
) -> None:
    await rated(colophon, acme, 10, **differences)
    assert await tasks_of(client, acme) == []


async def test_calls_are_judged_by_what_was_learnt_also_by_a_process_that_begins_later(house: House) -> None:
    for key, value in (("ai.route.small", [OPENAI]), ("ai.route.large", [SECOND]), ("ai.confidence_routing", True)):
        await set_for(house.colophon, house.acme, key, value)
    await set_for(house.colophon, house.acme, "ai.confidence_exploration_permille", 0)
    house.first.pieces = DOUBTFUL
    _, before = await called(house.colophon, house.acme.ana, asked())
    assert "static, 0 of its answers" in before.settled.route_reason
    await rated(house.colophon, house.acme, 400)
    await house.colophon.platform.learning.looked_up(house.acme.ana.context)
    _, after = await called(house.colophon, house.acme.ana, asked())
    assert after.settled.judgement is not None
    assert (after.settled.provider, after.settled.judgement.labelled) == ("compatible", 400)
    later = build(
        installation(house.colophon._foundation.installation.database_url,
                     providers=house.colophon._foundation.installation.providers)
    )  # fmt: skip
    await later.start()
    try:

        async def learnt() -> bool:
            return calibrations_of(later).known(house.acme.tenant_id) is not None

        await until(learnt)
        _, judged = await called(later, house.acme.ana, asked())
        assert (judged.settled.provider, judged.settled.attempts[0]) == ("compatible", f"{OPENAI}: doubted")
    finally:
        await later.stop()
