"""What a model costs, in integer micro-dollars per million tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

MILLION = 1_000_000
CURRENCY: Final = "USD"


class Unpriced(LookupError):
    """Nobody knows what the model costs: it is not called, because an unknown price is not a price of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Micro-dollars per million tokens, by disjoint bucket."""

    input: int
    cached_input: int
    output: int

    def cost_micros(self, *, input_tokens: int, cached_input_tokens: int = 0, output_tokens: int) -> int:
        """Return the price of these tokens, rounded up to the micro-dollar: once, at the end."""
        total = input_tokens * self.input + cached_input_tokens * self.cached_input + output_tokens * self.output
        return -(-total // MILLION)

    def named(self) -> tuple[tuple[str, int], ...]:
        """Return the rates as the ledger keeps them."""
        return (("input", self.input), ("cached_input", self.cached_input), ("output", self.output))


# A nominal price for work on our own processors: about what a small hosted model costs, so that budgets, ledger and
# reports show true quantities before anybody pays a bill (decision 14).
LOCAL: Final = Rates(input=200_000, cached_input=200_000, output=800_000)
LOCAL_EMBEDDING: Final = Rates(input=20_000, cached_input=20_000, output=0)


class PriceBook:
    """Prices of hosted models from the genai-prices package, offline; those given here come first."""

    def __init__(self, own: Mapping[str, Rates]) -> None:
        self._own = own
        self._looked_up: dict[str, Rates] = {}

    def rates(self, provider: str, model: str) -> Rates:
        """Return the rates of a model now; raise Unpriced."""
        own = self._own.get(f"{provider}/{model}") or self._own.get(provider)
        if own is not None:
            return own
        name = f"{provider}/{model}"
        if name not in self._looked_up:
            self._looked_up[name] = _published(provider, model)
        return self._looked_up[name]


def _published(provider: str, model: str) -> Rates:
    from genai_prices import Usage, calc_price  # noqa: PLC0415  # heavy; only when a hosted model is first used

    def micros(usage: Usage, *, minus: Decimal = Decimal(0)) -> int:
        price = calc_price(usage, model, provider_id=provider)
        # Of a million tokens, so that the quotient is the rate itself.
        return int(((price.total_price - minus) * MILLION).to_integral_value(ROUND_CEILING))

    try:
        return Rates(
            input=micros(Usage(input_tokens=MILLION, output_tokens=0)),
            cached_input=micros(Usage(input_tokens=MILLION, cache_read_tokens=MILLION, output_tokens=0)),
            output=micros(Usage(input_tokens=0, output_tokens=MILLION)),
        )
    except LookupError as unknown:
        raise Unpriced(f"{provider}/{model}") from unknown
