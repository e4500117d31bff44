"""What a model costs, in integer millionths of a currency per million tokens; published prices are in dollars."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from domain.ai.events import MICROS
from gateway.tokens import Tokens

if TYPE_CHECKING:
    from gateway.contracts import AccountPrices

MILLION = 1_000_000
CURRENCY: Final = "USD"
UNPRICED: Final = "unpriced"
"""Stands among the rates of a call whose price was assumed."""


class Unpriced(LookupError):
    """Nobody knows what the model costs: it is not called, because an unknown price is not a price of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """
    Millionths of a currency per million tokens, by the buckets of Tokens.

    `assumed`: nobody knows the price, and this is what the tenant takes it to be; its ledger says so.
    """

    input: int
    cache_read: int
    cache_write: int
    output: int
    reasoning: int
    assumed: bool = False

    @classmethod
    def plain(cls, *, read: int, written: int) -> "Rates":
        """Return the rates of a model that knows two prices only."""
        return cls(input=read, cache_read=read, cache_write=read, output=written, reasoning=written)

    @classmethod
    def of(cls, rates: Mapping[str, int], *, assumed: bool = False) -> "Rates":
        """Return the rates that are named by their buckets."""
        return cls(
            input=rates["input"],
            cache_read=rates["cache_read"],
            cache_write=rates["cache_write"],
            output=rates["output"],
            reasoning=rates["reasoning"],
            assumed=assumed,
        )

    @classmethod
    def assumed_at(cls, dearest: int) -> "Rates":
        """Return the rates of a model whose price nobody knows."""
        return replace(cls.plain(read=dearest, written=dearest), assumed=True)

    def in_currency(self, micros_per_usd: int) -> "Rates":
        """Return dollars as another currency, rounded up: a price is never less than it is."""
        if micros_per_usd == MICROS:
            return self
        return Rates(
            **{name: -(-rate * micros_per_usd // MICROS) for name, rate in self._buckets()}, assumed=self.assumed
        )

    @property
    def dearest_read(self) -> int:
        """Return what a token of the prompt costs at most, whatever the provider's cache makes of it."""
        return max(self.input, self.cache_read, self.cache_write)

    @property
    def dearest_written(self) -> int:
        return max(self.output, self.reasoning)

    def cost_micros(self, tokens: Tokens) -> int:
        """Return the price of these tokens, rounded up to the millionth: once, at the end."""
        total = (
            tokens.input * self.input
            + tokens.cache_read * self.cache_read
            + tokens.cache_write * self.cache_write
            + tokens.output * self.output
            + tokens.reasoning * self.reasoning
        )
        return -(-total // MILLION)

    def bound_micros(self, *, read: int, written: int) -> int:
        """Return what so many tokens cost at most."""
        return -(-(read * self.dearest_read + written * self.dearest_written) // MILLION)

    def named(self) -> tuple[tuple[str, int], ...]:
        """Return the rates as the ledger keeps them; those that were assumed are marked as unpriced."""
        return (*self._buckets(), (UNPRICED, 1)) if self.assumed else self._buckets()

    def _buckets(self) -> tuple[tuple[str, int], ...]:
        return (
            ("input", self.input),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("output", self.output),
            ("reasoning", self.reasoning),
        )


# A nominal price for work on our own processors: about what a small hosted model costs, so that budgets, ledger and
# reports show true quantities before anybody pays a bill (decision 14).
LOCAL: Final = Rates.plain(read=200_000, written=800_000)
LOCAL_EMBEDDING: Final = Rates.plain(read=20_000, written=0)


class PriceBook:
    """An account's contract comes first, then the list of the genai-prices package, offline; `own` before both."""

    def __init__(self, own: Mapping[str, Rates], accounts: Mapping[str, "AccountPrices"] | None = None) -> None:
        self._own = own
        self._accounts = accounts or {}
        self._looked_up: dict[str, Rates] = {}

    def rates(self, provider: str, model: str) -> Rates:
        """Return the rates of a model now; raise Unpriced."""
        own = self._own.get(f"{provider}/{model}")
        if own is not None:
            return own
        name = f"{provider}/{model}"
        if name not in self._looked_up:
            self._looked_up[name] = self._found(provider, model)
        return self._looked_up[name]

    def _found(self, provider: str, model: str) -> Rates:
        account = self._accounts.get(provider)
        if account is None:
            return _published(provider, model)
        try:
            listed = _published(account.kind, account.listed_as.get(model, model))
        except Unpriced:
            listed = None
        rates = account.agreed_for(model).over(listed)
        if rates is None:
            raise Unpriced(f"{provider}/{model}")
        return rates


def _published(provider: str, model: str) -> Rates:
    from genai_prices import Usage, calc_price  # noqa: PLC0415  # heavy; only when a hosted model is first used

    def micros(usage: Usage, *, minus: Decimal = Decimal(0)) -> int:
        price = calc_price(usage, model, provider_id=provider)
        # Of a million tokens, so that the quotient is the rate itself.
        return int(((price.total_price - minus) * MILLION).to_integral_value(ROUND_CEILING))

    try:
        return Rates(
            input=micros(Usage(input_tokens=MILLION, output_tokens=0)),
            cache_read=micros(Usage(input_tokens=MILLION, cache_read_tokens=MILLION, output_tokens=0)),
            cache_write=micros(Usage(input_tokens=MILLION, cache_write_tokens=MILLION, output_tokens=0)),
            output=(written := micros(Usage(input_tokens=0, output_tokens=MILLION))),
            # Every provider that is listed charges what was reasoned as output.
            reasoning=written,
        )
    except LookupError as unknown:
        raise Unpriced(f"{provider}/{model}") from unknown
