"""What AI may cost, in which currency and at whose prices, and how often it may be called."""

from typing import Final

from domain.settings.currencies import CURRENCIES
from domain.settings.definition import EVERYBODY, HOUSE_AND_TENANT, Definition, whole
from domain.settings.values import Kind

MICROS = "millionths of the currency"
_MICROS_MAX = 1_000_000_000_000

MONEY: Final = (
    whole(
        "ai.member_day_micros", 5_000_000, "What one member's AI calls may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, scopes=EVERYBODY,
    ),
    whole(
        "ai.key_day_micros", 5_000_000, "What the AI calls of one API key may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, scopes=EVERYBODY,
    ),
    whole(
        "ai.tenant_day_micros", 100_000_000, "What the whole tenant's AI calls may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX,
    ),
    whole(
        "ai.tenant_month_micros", 1_000_000_000, "What the whole tenant's AI calls may cost in a month.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, tenant_cap="tenant_month_micros_max",
    ),
    whole(
        "ai.request_micros", 2_000_000, "What may be reserved for one AI call, and so what it may cost.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, scopes=EVERYBODY,
    ),
    Definition(
        key="ai.currency", kind=Kind.CHOICE, default="USD", choices=CURRENCIES, scopes=HOUSE_AND_TENANT,
        unit="a code of ISO 4217",
        description="The currency of every limit here and of the ledger, for calls from now on; set its rate first.",
    ),
    whole(
        "ai.micros_per_usd", 0,
        "How many millionths of the currency a US dollar is, for calls from now on; 0: nobody knows, and nothing is "
        "called in any currency but dollars.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX,
    ),
    Definition(
        key="ai.contract_prices", kind=Kind.PRICES, default=(), scopes=HOUSE_AND_TENANT,
        description="Prices by contract, in millionths of a dollar for a million tokens, before those of the "
        "installation and the published ones. What is not said of cache_read, cache_write and reasoning is as input "
        "and output.",
    ),
    Definition(
        key="ai.unpriced", kind=Kind.CHOICE, default="refuse", choices=("refuse", "cap"), scopes=HOUSE_AND_TENANT,
        description="Whether a model whose price nobody knows is refused, or called at the highest price assumed.",
    ),
    whole(
        "ai.unpriced_micros_per_million_max", 100_000_000,
        "What a million tokens of a model without a known price are taken to cost, where such are called.",
        unit="millionths of a dollar", minimum=1, maximum=_MICROS_MAX,
    ),
    whole(
        "ai.requests_per_minute", 60, "How many AI calls one member may begin in a minute.",
        unit="calls", minimum=0, maximum=100_000, scopes=EVERYBODY,
    ),
    whole(
        "ai.tokens_per_minute", 400_000, "How many tokens the whole tenant's AI calls may use in a minute.",
        unit="tokens", minimum=0, maximum=1_000_000_000,
    ),
)  # fmt: skip
