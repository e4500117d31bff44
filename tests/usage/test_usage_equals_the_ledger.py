"""What is reported is what the ledger says, to the micro-dollar, and nothing of anybody else's."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from commands.document.share_document import ShareDocument
from domain.ai.events import AiCallSettled
from domain.document.sharing import Sharing
from domain.ids import DocumentId, StreamId
from infra import clock
from projections.catalogue import DOCUMENT_LIBRARY
from tests.support.world import Person, Tenant
from tests.usage.calls import record, settled

USAGE = "/api/v1/usage"


async def in_the_log(colophon: Colophon, who: Person, calls: list[AiCallSettled]) -> int:
    """What the events themselves add up to."""
    log = colophon.platform.log
    found = [e.event for call in calls for e in await log.load(StreamId(call.call_id), who.context)]
    return sum(event.cost_micros for event in found if isinstance(event, AiCallSettled))


async def document_of(colophon: Colophon, who: Person, title: str, *, restricted: bool = False) -> DocumentId:
    document_id = DocumentId(uuid7())
    execute = colophon.platform.executor.execute
    receipt = await execute(CreateDocument(document_id=document_id, title=title), who.command())
    if restricted:
        await execute(ShareDocument(document_id=document_id, sharing=Sharing.RESTRICTED, people=()), who.command())
    await colophon.platform.freshness.reached(DOCUMENT_LIBRARY, who.context, receipt.position)
    return document_id


async def test_nobody_reads_usage_without_a_credential(client: AsyncClient) -> None:
    for path in (USAGE, "/api/v1/budgets", "/api/v1/providers"):
        assert (await client.get(path)).status_code == 401
    assert (await client.put("/api/v1/budgets/tenant_day", json={"limit_micros": 1})).status_code == 401


async def test_the_report_is_the_sum_of_the_events(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    costs = [1, 48, 999_999, 1_000_000_007, 3]
    calls = [await record(colophon, acme.ana, cost_micros=cost) for cost in costs]
    calls.append(await record(colophon, acme.adam, cost_micros=5))
    report = (await client.get(USAGE, headers=acme.otto.headers)).json()
    assert report["total_micros"] == await in_the_log(colophon, acme.ana, calls) == sum(costs) + 5
    assert sum(row["cost_micros"] for row in report["rows"]) == report["total_micros"]
    assert (report["total_requests"], report["currency"], report["complete"]) == (6, "USD", True)


async def test_a_call_counts_once_however_often_it_is_recorded(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    call = await record(colophon, acme.ana)
    with pytest.raises(Exception, match="Somebody else"):
        await record(colophon, acme.ana, call_id=call.call_id)
    assert (await client.get(USAGE, headers=acme.otto.headers)).json()["total_micros"] == call.cost_micros


async def test_rows_are_grouped_as_asked_with_names(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    await record(colophon, acme.ana, cost_micros=10)
    await record(colophon, acme.adam, cost_micros=30, provider="openai", model="gpt-4o-mini")
    await record(colophon, acme.adam, cost_micros=40)
    params = {"group_by": ["member", "model"]}
    report = (await client.get(USAGE, params=params, headers=acme.adam.headers)).json()
    rows = [(row["labels"]["member"], row["keys"]["model"], row["cost_micros"]) for row in report["rows"]]
    assert rows == [
        ("Adam", "local/extractive", 40),
        ("Adam", "openai/gpt-4o-mini", 30),
        ("Ana", "local/extractive", 10),
    ]
    assert report["rows"][0]["input_tokens"] == 120


async def test_a_document_that_the_reader_may_not_read_has_no_name(
    colophon: Colophon, acme: Tenant, client: AsyncClient
) -> None:
    seen = await document_of(colophon, acme.ana, "For all")
    hidden = await document_of(colophon, acme.ana, "Ana's own", restricted=True)
    await record(colophon, acme.ana, document_id=seen, cost_micros=2)
    await record(colophon, acme.ana, document_id=hidden, cost_micros=3)
    params = {"group_by": "document"}
    report = (await client.get(USAGE, params=params, headers=acme.otto.headers)).json()
    rows = {row["keys"]["document"]: (row["labels"], row["cost_micros"]) for row in report["rows"]}
    assert rows == {None: ({}, 3), str(seen): ({"document": "For all"}, 2)}
    assert str(hidden) not in str(report)


async def test_nothing_of_another_tenant_is_counted(
    colophon: Colophon, acme: Tenant, globex: Tenant, client: AsyncClient
) -> None:
    await record(colophon, acme.ana, cost_micros=7, purpose="canary")
    params = {"group_by": ["purpose", "member"]}
    report = (await client.get(USAGE, params=params, headers=globex.olga.headers)).json()
    assert (report["rows"], report["total_micros"]) == ([], 0)


async def test_only_calls_of_the_period_are_counted(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    await record(colophon, acme.ana, cost_micros=7)
    now = clock.now()
    past = {"from": (now - timedelta(days=2)).isoformat(), "to": (now - timedelta(days=1)).isoformat()}
    assert (await client.get(USAGE, params=past, headers=acme.otto.headers)).json()["total_micros"] == 0
    around = {"from": (now - timedelta(days=1)).isoformat(), "to": (now + timedelta(days=1)).isoformat()}
    assert (await client.get(USAGE, params=around, headers=acme.otto.headers)).json()["total_micros"] == 7


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "usage.refused"),
        ({"from": "2026-11-02T00:00:00"}, "usage.refused"),
        ({"group_by": ["day", "member", "model", "purpose"]}, "usage.refused"),
        ({"group_by": "colour"}, "request.invalid"),
        ({"from": "yesterday"}, "request.invalid"),
    ],
)
async def test_a_report_that_cannot_be_made_is_refused(
    acme: Tenant, client: AsyncClient, params: dict[str, object], code: str
) -> None:
    refused = await client.get(USAGE, params=params, headers=acme.otto.headers)  # type: ignore[arg-type]
    assert (refused.status_code, refused.json()["code"]) == (422, code)


@pytest.mark.parametrize("name", ["ana", "vera"])
async def test_who_may_not_read_usage_is_refused(acme: Tenant, client: AsyncClient, name: str) -> None:
    refused = await client.get(USAGE, headers=acme.people[name].headers)
    assert (refused.status_code, refused.json()["permission"]) == (403, "usage:read")


def test_the_ledgers_buckets_are_disjoint() -> None:
    class Anybody:
        member_id = None

    call = settled(Anybody())  # type: ignore[arg-type]
    rates = dict(call.rates_micros_per_million)
    total = (
        call.input_tokens * rates["input"]
        + call.cache_read_tokens * rates["cache_read"]
        + call.output_tokens * rates["output"]
    )
    assert call.cost_micros == -(-total // 1_000_000)
