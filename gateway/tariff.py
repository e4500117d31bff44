"""What binds a tenant about money: its contract's prices, its currency, and what an unknown price is taken to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from domain.ai.events import MICROS
from domain.settings.contract_prices import prices_of
from gateway.prices import CURRENCY, PriceBook, Rates, Unpriced
from gateway.refusals import NoExchangeRate
from tenancy.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """`unpriced_micros_per_million` is None where a model without a known price is refused."""

    contract: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    currency: str = CURRENCY
    micros_per_usd: int = MICROS
    unpriced_micros_per_million: int | None = None

    @classmethod
    def of(cls, policy: Policy) -> "Tariff":
        """Return the tariff that is in force. Raises NoExchangeRate."""
        currency, micros_per_usd = policy.text("ai.currency"), policy.whole("ai.micros_per_usd")
        if currency == CURRENCY:
            micros_per_usd = MICROS
        elif micros_per_usd == 0:
            raise NoExchangeRate(currency)
        return cls(
            contract=prices_of(policy.names("ai.contract_prices")),
            currency=currency,
            micros_per_usd=micros_per_usd,
            unpriced_micros_per_million=policy.whole("ai.unpriced_micros_per_million_max")
            if policy.text("ai.unpriced") == "cap"
            else None,
        )

    def rates(self, book: PriceBook, provider: str, model: str) -> Rates:
        """Return what the tenant pays for a model, in its currency; raise Unpriced."""
        return self._in_dollars(book, provider, model).in_currency(self.micros_per_usd)

    def _in_dollars(self, book: PriceBook, provider: str, model: str) -> Rates:
        if (agreed := self.contract.get(f"{provider}/{model}")) is not None:
            return Rates.of(agreed)
        try:
            return book.rates(provider, model)
        except Unpriced:
            if self.unpriced_micros_per_million is None:
                raise
            return Rates.assumed_at(self.unpriced_micros_per_million)


DOLLARS: Final = Tariff()
"""No contract, no exchange."""
