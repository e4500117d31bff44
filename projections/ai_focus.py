"""The ledger as charges in the columns of FOCUS 1.2, the FinOps Open Cost and Usage Specification."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.events import MICROS
from domain.ids import TenantId
from projections.ai_ledger import ai_calls

CALLS_PER_PAGE = 500
_MILLION: Final = 1_000_000
BUCKETS: Final = ("input", "cache_read", "cache_write", "output", "reasoning")

Row = Sequence[str]

COLUMNS: Final = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ResourceId", "ResourceName", "ResourceType",
    "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId", "Tags",
    "x_ApiKeyId", "x_CallId", "x_Endpoint", "x_Estimated", "x_MemberId", "x_Purpose", "x_Unpriced",
)  # fmt: skip
"""By name, the specification's own before ours, which begin with x_. An empty cell is null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`last` is the call after which to go on; None at the end."""

    rows: Sequence[Row]
    last: tuple[datetime, UUID] | None


async def count(connection: AsyncConnection, tenant_id: TenantId, since: datetime, until: datetime) -> int:
    """Return how many calls were settled from `since` to before `until`."""
    query = select(func.count()).where(ai_calls.c.tenant_id == tenant_id, ai_calls.c.at >= since, ai_calls.c.at < until)
    return int(await connection.scalar(query) or 0)


async def page(
    connection: AsyncConnection,
    tenant_id: TenantId,
    tenant_name: str,
    since: datetime,
    until: datetime,
    after: tuple[datetime, UUID] | None,
) -> Page:
    """Return the charges of the next calls; a call is a charge for each bucket of tokens that it was paid for."""
    query = (
        select(ai_calls)
        .where(ai_calls.c.tenant_id == tenant_id, ai_calls.c.at >= since, ai_calls.c.at < until)
        .order_by(ai_calls.c.at, ai_calls.c.call_id)
        .limit(CALLS_PER_PAGE)
    )
    if after is not None:
        query = query.where(tuple_(ai_calls.c.at, ai_calls.c.call_id) > after)
    found = (await connection.execute(query)).mappings().all()
    rows = [row for call in found for row in charges(_named(call), tenant_name)]
    full = len(found) == CALLS_PER_PAGE
    return Page(rows=rows, last=(found[-1]["at"], found[-1]["call_id"]) if full else None)


def charges(call: Mapping[str, Any], tenant_name: str) -> list[Row]:
    """Return a call's charges: together they are what the ledger says, to the millionth."""
    common = _common(call, tenant_name)
    tokens, rates, other = call["tokens"], call["rates"], int(call["other_legs_micros"])
    own = int(call["cost_micros"]) - other
    used = [bucket for bucket in BUCKETS if tokens.get(bucket) and bucket in rates]
    parts = {one: (tokens[one], rates[one], tokens[one] * rates[one] // _MILLION) for one in used}
    rows = []
    # The ledger rounds a call up once; the dearest of its charges carries that.
    dearest = max(parts, key=lambda bucket: parts[bucket][2], default=None) if own else None
    rounding = own - sum(micros for _, _, micros in parts.values())
    if own and dearest is not None:
        for bucket, (quantity, rate, micros) in parts.items():
            paid = micros + (rounding if bucket == dearest else 0)
            metered = _metered(call, bucket, quantity, rate)
            rows.append(_row(common, paid, f"{bucket.replace('_', ' ')} tokens", metered))
    elif own:
        rows.append(_row(common, own, "a call whose tokens were not kept apart", {}))
    if other:
        rows.append(_row(common, other, "attempts whose answer was not given", {}))
    return rows


def _named(call: RowMapping) -> Mapping[str, Any]:
    return {str(name): value for name, value in call.items()}


def _row(common: Mapping[str, str], micros: int, what: str, metered: Mapping[str, str]) -> Row:
    money = _decimal(Decimal(micros) / MICROS)
    cells = {
        **common,
        **metered,
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ContractedCost", "ListCost"), money),
        "ChargeDescription": f"{common['ResourceName']}: {what}",
    }
    return [cells.get(column, "") for column in COLUMNS]


def _metered(call: Mapping[str, Any], bucket: str, tokens: int, rate: int) -> dict[str, str]:
    model, price = f"{call['provider']}/{call['model']}", _decimal(Decimal(rate) / MICROS)
    return {
        "ConsumedQuantity": str(tokens),
        "ConsumedUnit": "Tokens",
        "PricingCategory": "Standard",
        "PricingQuantity": _decimal(Decimal(tokens) / _MILLION),
        "PricingUnit": "1000000 Tokens",
        "ListUnitPrice": price,
        "ContractedUnitPrice": price,
        "SkuId": model,
        "SkuMeter": f"{bucket.replace('_', ' ').title()} Tokens",
        "SkuPriceId": f"{model}/{bucket}",
    }


def _common(call: Mapping[str, Any], tenant_name: str) -> dict[str, str]:
    provider, model = str(call["provider"]), f"{call['provider']}/{call['model']}"
    hour = call["at"].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    month = hour.replace(day=1, hour=0)
    return {
        "BillingAccountId": str(call["tenant_id"]),
        "BillingAccountName": _cell(tenant_name),
        "BillingAccountType": "Tenant",
        "BillingCurrency": str(call["currency"]),
        "BillingPeriodStart": _moment(month),
        "BillingPeriodEnd": _moment((month + timedelta(days=32)).replace(day=1)),
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": _moment(hour),
        "ChargePeriodEnd": _moment(hour + timedelta(hours=1)),
        "InvoiceIssuerName": provider,
        "ProviderName": provider,
        "PublisherName": provider,
        "ResourceId": model,
        "ResourceName": model,
        "ResourceType": "Model",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": "Language models",
        "ServiceSubcategory": "Generative AI",
        "Tags": json.dumps(call["tags"], ensure_ascii=False, sort_keys=True),
        "x_ApiKeyId": str(call["key_id"] or ""),
        "x_CallId": str(call["call_id"]),
        "x_Endpoint": _cell(str(call["endpoint"])),
        "x_Estimated": str(call["estimated"]).lower(),
        "x_MemberId": str(call["member_id"] or ""),
        "x_Purpose": str(call["purpose"]),
        "x_Unpriced": str("unpriced" in call["rates"]).lower(),
    }


def _cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _decimal(number: Decimal) -> str:
    return f"{number:f}"
