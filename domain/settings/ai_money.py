"""What AI may cost and how often it may be called."""

from typing import Final

from domain.settings.definition import EVERYBODY, whole

MICROS = "micro-dollars"
_MICROS_MAX = 1_000_000_000_000

MONEY: Final = (
    whole(
        "ai.member_day_micros", 2_000_000, "What one member's AI calls may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, scopes=EVERYBODY,
    ),
    whole(
        "ai.tenant_day_micros", 20_000_000, "What the whole tenant's AI calls may cost in a day.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX,
    ),
    whole(
        "ai.tenant_month_micros", 200_000_000, "What the whole tenant's AI calls may cost in a month.",
        unit=MICROS, minimum=0, maximum=_MICROS_MAX, tenant_cap="tenant_month_micros_max",
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
