"""The ledger as a bill in the columns of FOCUS 1.2: every charge says for what, and together they are the ledger."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from gateway.prices import MILLION, Rates
from projections.ai_focus import COLUMNS, charges
from tests.support.world import Tenant
from tests.usage.calls import record

FOCUS = "/api/v1/usage/focus.csv"
MANDATORY = {
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart",
    "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit",
    "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
}  # fmt: skip
OF_A_METER = ("ConsumedQuantity", "ConsumedUnit", "ListUnitPrice", "ContractedUnitPrice", "SkuId", "SkuPriceId")


async def bill(client: AsyncClient, headers: dict[str, str], **params: str) -> list[dict[str, str]]:
    answer = await client.get(FOCUS, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.text)))


def total(rows: list[dict[str, str]], column: str = "BilledCost") -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


async def test_the_bill_is_the_ledger_to_the_millionth(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    # given calls whose cost was rounded up, one with other attempts, one that cost nothing
    tokens = {"input_tokens": 7, "cache_read_tokens": 3, "cache_write_tokens": 1, "output_tokens": 5}
    rates = Rates(input=300_000, cache_read=30_001, cache_write=375_000, output=1_500_000, reasoning=1_500_000)
    costs = []
    for other in (0, 30):
        cost = 7 * 300_000 + 3 * 30_001 + 375_000 + 5 * 1_500_000
        costs.append(-(-cost // MILLION) + other)
        await record(
            colophon, acme.ana, **tokens, cost_micros=costs[-1], other_legs_micros=other,
            rates_micros_per_million=rates.named(), tags=(("order", "4711"), ("team", "café")), endpoint="/v1/x",
        )  # fmt: skip
    await record(colophon, acme.adam, cost_micros=0, cached=True, rates_micros_per_million=())
    # when
    rows = await bill(client, acme.otto.headers)
    # then
    assert tuple(rows[0]) == COLUMNS
    assert set(COLUMNS) >= MANDATORY
    usage = (await client.get("/api/v1/usage", headers=acme.otto.headers)).json()
    for column in ("BilledCost", "EffectiveCost", "ContractedCost", "ListCost"):
        assert total(rows, column) * MILLION == sum(costs) == usage["total_micros"]
    assert {row["SkuMeter"] for row in rows} == {
        "Input Tokens", "Cache Read Tokens", "Cache Write Tokens", "Output Tokens", "",
    }  # fmt: skip
    assert sum(int(row["ConsumedQuantity"] or 0) for row in rows) == 2 * (7 + 3 + 1 + 5)
    first = rows[0]
    assert json.loads(first["Tags"]) == {"order": "4711", "team": "café"}
    assert (first["BillingCurrency"], first["ServiceCategory"]) == ("USD", "AI and Machine Learning")
    assert (first["x_MemberId"], first["x_Endpoint"]) == (str(acme.ana.member_id), "/v1/x")
    for row in rows:
        assert len({bool(row[column]) for column in OF_A_METER}) == 1
        if row["SkuId"]:
            exact = Decimal(row["PricingQuantity"]) * Decimal(row["ListUnitPrice"])
            assert abs(exact - Decimal(row["ListCost"])) < Decimal("0.000005")


async def test_pages_go_on_where_they_ended(
    colophon: Colophon, acme: Tenant, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.ai_focus.CALLS_PER_PAGE", 2)
    for _ in range(5):
        await record(colophon, acme.ana, cost_micros=48)
    rows = await bill(client, acme.otto.headers)
    assert len({row["x_CallId"] for row in rows}) == 5
    assert total(rows) * MILLION == 5 * 48


async def test_a_bill_is_the_tenants_own_and_bounded(
    colophon: Colophon, acme: Tenant, globex: Tenant, client: AsyncClient
) -> None:
    await record(colophon, acme.ana)
    assert await bill(client, globex.otto.headers) == []
    assert (await client.get(FOCUS, headers=acme.ana.headers)).status_code == 403
    assert (await client.get(FOCUS)).status_code == 401
    long = {"from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
    refused = await client.get(FOCUS, params=long, headers=acme.otto.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.export_too_large")
    naive = await client.get(FOCUS, params={"from": "2026-01-01T00:00:00"}, headers=acme.otto.headers)
    assert (naive.status_code, naive.json()["code"]) == (422, "usage.refused")


def test_a_name_is_no_formula() -> None:
    call: dict[str, Any] = {
        "tenant_id": "t", "call_id": "c", "at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "currency": "EUR",
        "provider": "local", "model": "extractive", "purpose": "chat", "key_id": None, "member_id": None,
        "endpoint": "", "estimated": False, "tags": {}, "tokens": {"input": 1}, "rates": {"input": 5, "unpriced": 1},
        "cost_micros": 1, "other_legs_micros": 0,
    }  # fmt: skip
    (row,) = charges(call, "=HYPERLINK(1)")
    named = dict(zip(COLUMNS, row, strict=True))
    assert named["BillingAccountName"] == "'=HYPERLINK(1)"
    assert (named["BillingPeriodStart"], named["BillingPeriodEnd"]) == ("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert (named["ChargePeriodStart"], named["ChargePeriodEnd"]) == ("2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z")
    assert (named["x_Unpriced"], named["BilledCost"]) == ("true", "0.000001")
