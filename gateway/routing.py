"""Which models are tried for a call, in which order, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.prices import PriceBook, Rates, Unpriced
from gateway.providers.port import Provider, ProviderCall
from gateway.refusals import UnknownModel
from gateway.tariff import Tariff
from tenancy.policies import Policy

ALIASES = frozenset({"auto", "small", "large"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that can be called: somebody offers it and its price is known."""

    provider: Provider
    model: str
    rates: Rates

    @property
    def name(self) -> str:
        return f"{self.provider.name}/{self.model}"


@dataclass(frozen=True, slots=True)
class Route:
    """The models in order; `reason` is a sentence for the ledger and for whoever asks why."""

    candidates: tuple[Candidate, ...]
    reason: str


class Router:
    """Small first; a named model is that one and no other."""

    def __init__(self, providers: Sequence[Provider], prices: PriceBook) -> None:
        self._providers: Mapping[str, Provider] = {provider.name: provider for provider in providers}
        self._prices = prices

    @property
    def providers(self) -> Sequence[Provider]:
        return tuple(self._providers.values())

    def route(self, wanted: str, policy: Policy, call: ProviderCall) -> Route:
        """Return what to try. Raises UnknownModel when nothing of it can be called."""
        if wanted not in ALIASES:
            return Route((self.candidate(wanted, policy),), f"{wanted} was asked for")
        small = self._known(policy.names("ai.route.small"), policy)
        large = self._known(policy.names("ai.route.large"), policy)
        if wanted == "large":
            return _first(large + small, "the large route was asked for")
        if wanted == "small" or not small:
            return _first(small + large, "the small route comes first")
        return self._by_confidence(small, large, policy.share("ai.confidence_threshold"), call)

    def candidate(self, name: str, policy: Policy) -> Candidate:
        """Return the model `provider/model` at the tenant's price; raise UnknownModel, NoExchangeRate."""
        provider_name, _, model = name.partition("/")
        provider = self._providers.get(provider_name)
        if provider is None or not provider.offers(model):
            raise UnknownModel(name)
        try:
            rates = Tariff.of(policy).rates(self._prices, provider_name, model)
            return Candidate(provider=provider, model=model, rates=rates)
        except Unpriced as unpriced:
            raise UnknownModel(name) from unpriced

    def _known(self, names: Sequence[str], policy: Policy) -> tuple[Candidate, ...]:
        found = []
        for name in names:
            try:
                found.append(self.candidate(name, policy))
            except UnknownModel:
                continue  # a route may name what this installation has no key for; the next one is tried
        return tuple(found)

    @staticmethod
    def _by_confidence(
        small: tuple[Candidate, ...], large: tuple[Candidate, ...], threshold: float, call: ProviderCall
    ) -> Route:
        confidence = small[0].provider.confidence(call)
        if confidence is None:
            return _first(small + large, f"{small[0].name} comes first; it cannot tell how sure it is")
        said = f"{small[0].name} is {confidence:.2f} sure, {threshold:.2f} is asked for"
        if confidence >= threshold or not large or large[0].name == small[0].name:
            return _first(small + large, said)
        return _first(large + small, f"{said}: {large[0].name} comes first")


def _first(candidates: tuple[Candidate, ...], reason: str) -> Route:
    unique = tuple({candidate.name: candidate for candidate in candidates}.values())
    if not unique:
        raise UnknownModel("auto")
    return Route(unique, reason)
