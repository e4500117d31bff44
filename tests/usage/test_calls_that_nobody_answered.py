"""A call that a stage refused, or that failed at every model, is looked for as those that were answered."""

from typing import Any

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from api import traces
from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from commands.document.share_document import ShareDocument
from domain.ai.unanswered import AiCallFailed, AiCallUnanswered
from domain.document.sharing import Sharing
from domain.ids import DocumentId
from gateway.ledger import Course
from gateway.refusals import BudgetExceeded, ProvidersUnavailable, RateLimited
from gateway.traces import NoTraces
from gateway.unanswered import ONE_BY_ONE_MAX, Unanswered
from projections.ai_calls_seen import CallFilter
from tenancy.context import TenantContext
from tests.gateway.test_calling_a_model import TEXT, asked, called, set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House, house  # noqa: F401  # a fixture
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.waiting import until
from tests.support.world import Tenant
from tests.usage.calls import record, unanswered
from tests.usage.test_traces_and_key_figures import TRACES, Ask, get

KPIS = "/api/v1/kpis"


async def lines(client: AsyncClient, tenant: Tenant, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await get(client, tenant.otto, **params))["items"]
    return found


async def test_what_a_budget_refused_is_found_with_its_reason(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    await set_for(colophon, acme, "ai.tenant_day_micros", 1)
    request = asked(tags=(("order", "4711"),), model="local/extractive")
    with pytest.raises(BudgetExceeded):
        await called(colophon, acme.ana, request)
    (line,) = await until(lambda: lines(client, acme, outcome="refused"))
    assert (line["call_id"], line["code"], line["stage"]) == (str(request.call_id), "ai.budget_exceeded", "reserved")
    assert (line["member_name"], line["times"], line["cost_micros"], line["currency"]) == ("Ana", 1, 0, "USD")
    assert line["request_id"] == acme.ana.context.request_id
    shown = await client.get(f"{TRACES}/{request.call_id}", headers=acme.otto.headers)
    assert (shown.json()["detail"], shown.json()["steps"][-1]["outcome"]) == ("tenant_day", "ai.budget_exceeded")
    assert TEXT[:20] not in shown.text
    for params in (
        {"code": "ai.budget_exceeded"},
        {"stage": "reserved"},
        {"tag": "order"},
        {"member_id": line["member_id"]},
    ):
        assert len(await lines(client, acme, **params)) == 1, params
    for params in ({"outcome": "failed"}, {"outcome": "answered"}, {"finish": "stop"}, {"cached": True}):
        assert await lines(client, acme, **params) == [], params
    assert await lines(client, globex) == []
    assert (await client.get(f"{TRACES}/{request.call_id}", headers=globex.otto.headers)).status_code == 404


async def test_a_call_that_was_refused_may_be_answered_under_its_id(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    await set_for(colophon, acme, "ai.tenant_day_micros", 1)
    request = asked()
    for times in (1, 2):
        with pytest.raises(BudgetExceeded):
            await called(colophon, acme.ana, request)
        assert len(await until(lambda: lines(client, acme), lambda found: len(found) >= times)) == times  # noqa: B023
    await set_for(colophon, acme, "ai.tenant_day_micros", 1_000_000)
    await called(colophon, acme.ana, request)
    assert [one["outcome"] for one in await lines(client, acme)] == ["answered", "refused", "refused"]
    newest = await get(client, acme.otto, f"{TRACES}/{request.call_id}")
    assert newest["outcome"] == "answered"


async def test_what_failed_at_every_model_tells_who_was_asked(house: House) -> None:  # noqa: F811
    platform, acme = house.colophon.platform, house.acme
    await set_for(house.colophon, acme, "ai.degraded_answers", value=False)
    house.first.status = 503
    request = asked(model=OPENAI)
    with pytest.raises(ProvidersUnavailable):
        await called(house.colophon, acme.ana, request)
    wanted = CallFilter(outcome="failed", model=OPENAI)
    (one,) = await until(lambda: traces.trace_page(platform, acme.otto.context, wanted, first=5, before_position=None))
    assert (one.card.code, one.card.stage) == ("ai.providers_unavailable", "")
    found = await traces.trace(platform, acme.otto.context, request.call_id)
    assert next(step.name for step in found.fact.steps if step.kind == "attempt") == OPENAI
    assert found.fact.attempts


async def test_key_figures_are_those_of_the_traces(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    for _ in range(4):
        await record(colophon, acme.ana)
    await record(colophon, acme.ana, finish_reason="broken", purpose="draft", endpoint="/v1/messages")
    await unanswered(colophon, acme.ana, times=3)
    await unanswered(colophon, acme.ana, AiCallFailed, purpose="draft", tags=(("order", "1"),))
    await unanswered(colophon, acme.ana, purpose="translate", wanted_model="large")
    every, chat, draft, translate = (await get(client, acme.otto, KPIS))["items"]
    counted = [(one["purpose"], one["requests"]) for one in (every, chat, draft, translate)]
    assert counted == [(None, 10), ("chat", 7), ("draft", 2), ("translate", 1)]
    told: dict[str, int] = {}
    for line in await lines(client, acme):
        told[line["outcome"]] = told.get(line["outcome"], 0) + line["times"]
    assert told == {"answered": 4, "failed": 2, "refused": 4}
    assert (every["error_share"], every["refused_share"]) == (told["failed"] / 10, told["refused"] / 10)
    assert (draft["error_share"], chat["cost_micros_per_call"]) == (1, 48)
    assert (translate["refused_share"], translate["latency_p95_milliseconds"], translate["cost_micros"]) == (1, None, 0)
    for params, requests in (
        ({"purpose": "draft"}, 2),
        ({"endpoint": "/v1/messages"}, 1),
        ({"model": "local/extractive"}, 5),
        ({"model": "large"}, 1),
        ({"tag": "order", "tag_value": "1"}, 1),
        ({"outcome": "refused"}, 4),
    ):
        assert (await get(client, acme.otto, KPIS, **params))["items"][0]["requests"] == requests, params
    assert (await get(client, acme.otto, KPIS, purpose="nothing"))["items"] == []


async def test_a_document_that_the_reader_may_not_read_is_not_named(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    execute, document_id = colophon.platform.executor.execute, DocumentId(uuid7())
    await execute(CreateDocument(document_id=document_id, title="Secret"), acme.ana.command())
    await unanswered(colophon, acme.ana, document_id=document_id)
    assert [one["document_id"] for one in await lines(client, acme)] == [str(document_id)]
    await execute(ShareDocument(document_id=document_id, sharing=Sharing.RESTRICTED), acme.ana.command())
    assert [one["document_id"] for one in await lines(client, acme)] == [None]


async def test_graphql_shows_and_counts_the_same(
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    call = await unanswered(colophon, acme.ana, wanted_model="azure/large")
    await record(colophon, acme.ana)
    asking = """{
      traces(filter: {outcome: "refused", code: "ai.budget_exceeded", stage: "reserved"}) {
        nodes { callId outcome code stage times model cost { amount } detail { detail reserved { amount } } } }
      kpis(filter: {model: "azure/large"}) { purpose requests refusedShare errorShare }
    }"""
    found = (await ask(acme.otto, asking))["data"]
    assert found["traces"]["nodes"] == [
        {
            "callId": str(call.call_id), "outcome": "refused", "code": "ai.budget_exceeded", "stage": "reserved",
            "times": 1, "model": "azure/large", "cost": {"amount": "0"},
            "detail": {"detail": "member_day", "reserved": {"amount": "0"}},
        }
    ]  # fmt: skip
    assert found["kpis"][0] == {"purpose": None, "requests": 1, "refusedShare": 1, "errorShare": 0}
    assert (await ask(globex.otto, asking))["data"] == {"traces": {"nodes": []}, "kpis": []}


async def test_a_flood_of_the_same_refusal_is_told_as_a_few(acme: Tenant, globex: Tenant) -> None:
    kept: list[AiCallUnanswered] = []

    async def keep(call: AiCallUnanswered, context: TenantContext) -> None:
        assert context.member_id == call.member_id
        kept.append(call)

    refusals = Unanswered(keep, NoTraces())
    for _ in range(ONE_BY_ONE_MAX + 40):
        refusals.tell(Course(request=asked(), context=acme.ana.context), RateLimited("calls", 60), 0.0)
    refusals.tell(Course(request=asked(), context=globex.ana.context), RateLimited("calls", 60), 0.0)
    refusals.tell(Course(request=asked(), context=acme.ana.context), ProvidersUnavailable(()), 0.0)
    await refusals.finish()
    assert [one.times for one in kept] == [1] * (ONE_BY_ONE_MAX + 2) + [40]
    assert kept[-1].detail == "calls"
    assert sum(one.times for one in kept if one.code == "ai.rate_limited") == ONE_BY_ONE_MAX + 41
