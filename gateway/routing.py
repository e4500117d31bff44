"""Which models are tried for a call, in which order, and why."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from cachetools import LRUCache

from domain.settings.routes import model_of, weighed
from gateway.prices import PriceBook, Rates, Unpriced
from gateway.providers import local
from gateway.providers.port import Provider, ProviderCall
from gateway.refusals import UnknownModel
from gateway.tariff import Tariff
from tenancy.policies import Policy

MODELS_MAX = 10_000
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

    def is_one_of(self, names: Sequence[str]) -> bool:
        """Tell whether it is named, by itself or with every model of its provider."""
        return self.name in names or f"{self.provider.name}/*" in names


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    Who is asked, in order; `reason` is a sentence for the ledger and for whoever asks why.

    `smaller` and the local model stand in when none of the candidates answers; `local_named` tells that the tenant's
    own routes name the local model, so that it is asked even when nothing has failed. `experiment` says who was drawn
    to come first, where weights were. `larger` are those whose answer is worth asking for when a small one is doubted.
    """

    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    smaller: tuple[Candidate, ...] = ()
    last_resort: tuple[Candidate, ...] = ()
    local_named: bool = False
    experiment: str = ""
    larger: tuple[Candidate, ...] = ()

    @property
    def everybody(self) -> tuple[Candidate, ...]:
        return (*self.candidates, *self.smaller, *self.last_resort)

    @property
    def of_the_tenant(self) -> tuple[Candidate, ...]:
        """Return whom the tenant's own routes name."""
        return self.everybody if self.local_named else (*self.candidates, *self.smaller)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A route's models that can be called, in the order of this call."""

    candidates: tuple[Candidate, ...]
    experiment: str = ""


class Router:
    """Small first; a named model is that one and no other."""

    def __init__(self, providers: Sequence[Provider], prices: PriceBook) -> None:
        self._providers: Mapping[str, Provider] = {provider.name: provider for provider in providers}
        self._prices = prices
        self._looked_up: LRUCache[str, None] = LRUCache(MODELS_MAX)

    @property
    def providers(self) -> Sequence[Provider]:
        return tuple(self._providers.values())

    def knows(self, wanted: str, policy: Policy) -> bool:
        """Tell whether the price of every model that such a route may name was looked up before."""
        named = (*policy.names("ai.route.small"), *policy.names("ai.route.large"))
        names = (weighed(entry)[0] for entry in named) if wanted in ALIASES else (wanted,)
        return all(name in self._looked_up for name in names)

    def route(self, wanted: str, policy: Policy, call: ProviderCall, draw: UUID) -> Route:
        """Return whom to ask; the same `draw` gives the same order. Raises UnknownModel when nobody can be."""
        if wanted not in ALIASES:
            return Route(candidates=(self.candidate(wanted, policy),), reason=f"{wanted} was asked for")
        small = self._drawn("small", policy, draw)
        large = self._drawn("large", policy, draw)
        if wanted == "large":
            return self._large_first(small, large, policy, "the large route was asked for")
        if wanted == "small" or not small.candidates:
            return self._small_first(small, large, policy, "the small route comes first")
        return self._by_confidence(small, large, policy, call)

    def candidate(self, name: str, policy: Policy) -> Candidate:
        """Return the model `provider/model` at the tenant's price; raise UnknownModel, NoExchangeRate."""
        provider_name, _, model = name.partition("/")
        provider = self._providers.get(provider_name)
        if provider is None or not provider.offers(model):
            raise UnknownModel(name)
        self._looked_up[name] = None
        try:
            rates = Tariff.of(policy).rates(self._prices, provider_name, model)
            return Candidate(provider=provider, model=model, rates=rates)
        except Unpriced as unpriced:
            raise UnknownModel(name) from unpriced

    def context_tokens_max(self, wanted: str, policy: Policy) -> int | None:
        """Return how much the hosted model reads that reads most of those asked for; None where nobody knows."""
        entries = [wanted] if wanted not in ALIASES else [*_named(policy, "small"), *_named(policy, "large")]
        bounds: list[int | None] = []
        for name in entries:
            provider_name, _, model = name.partition("/")
            provider = self._providers.get(provider_name)
            if provider is not None and not provider.offline and provider.offers(model):
                bounds.append(provider.capabilities(model).context_tokens_max)
        known = [bound for bound in bounds if bound is not None]
        return max(known) if known and len(known) == len(bounds) else None

    def _drawn(self, route: str, policy: Policy, draw: UUID) -> _Drawn:
        found: list[tuple[Candidate, int | None]] = []
        for entry in policy.names(f"ai.route.{route}"):
            name, weight = weighed(entry)
            try:
                found.append((self.candidate(name, policy), weight))
            except UnknownModel:
                continue  # a route may name what this installation has no key for; the next one is tried
        sharing = [(candidate, weight) for candidate, weight in found if weight]
        if not sharing:
            return _Drawn(tuple(candidate for candidate, _ in found))
        first = _by_weight(sharing, draw)
        rest = [c for c, w in found if w is not None and c is not first] + [c for c, w in found if w is None]
        return _Drawn((first, *rest), f"{route}-route:{first.name}")

    def _by_confidence(self, small: _Drawn, large: _Drawn, policy: Policy, call: ProviderCall) -> Route:
        first, threshold = small.candidates[0], policy.share("ai.confidence_threshold")
        confidence = first.provider.confidence(call)
        if confidence is None:
            route = self._small_first(small, large, policy, f"{first.name} comes first; it cannot tell how sure it is")
            hosted = tuple(one for one in large.candidates if one not in small.candidates and not one.provider.offline)
            return replace(route, larger=hosted)
        said = f"{first.name} is {confidence:.2f} sure, {threshold:.2f} is asked for"
        if confidence >= threshold or not large.candidates or large.candidates[0].name == first.name:
            return self._small_first(small, large, policy, said)
        return self._large_first(small, large, policy, f"{said}: {large.candidates[0].name} comes first")

    def _small_first(self, small: _Drawn, large: _Drawn, policy: Policy, reason: str) -> Route:
        """Return a route on which larger models follow: their answers are no less than what was wanted."""
        # The local model is larger than nothing: behind a hosted one it stands in, whichever route names it.
        larger = [one for one in large.candidates if not one.provider.offline or not small.candidates]
        named = _unique((*small.candidates, *larger))
        if not named:
            raise UnknownModel("auto")
        return Route(
            candidates=named,
            reason=reason,
            last_resort=self._local(named, policy),
            local_named=len(larger) < len(large.candidates),
            experiment=small.experiment if small.candidates else large.experiment,
        )

    def _large_first(self, small: _Drawn, large: _Drawn, policy: Policy, reason: str) -> Route:
        if not large.candidates:
            return self._small_first(small, large, policy, reason)
        named = _unique(large.candidates)
        smaller = tuple(c for c in _unique(small.candidates) if c not in named and not c.provider.offline)
        return Route(
            candidates=named,
            reason=reason,
            smaller=smaller,
            last_resort=self._local(named, policy),
            local_named=any(candidate.provider.offline for candidate in small.candidates),
            experiment=large.experiment,
        )

    def _local(self, named: Sequence[Candidate], policy: Policy) -> tuple[Candidate, ...]:
        one = self.candidate(f"{local.PROVIDER}/{local.MODEL}", policy)
        return () if one in named else (one,)


def _named(policy: Policy, route: str) -> list[str]:
    return [model_of(entry) for entry in policy.names(f"ai.route.{route}")]


def _by_weight(sharing: Sequence[tuple[Candidate, int]], draw: UUID) -> Candidate:
    """Return one of them, each as often as its weight says, and the same one for the same draw."""
    described = "|".join(f"{candidate.name}@{weight}" for candidate, weight in sharing)
    number = int.from_bytes(hashlib.sha256(draw.bytes + described.encode()).digest()[:8])
    place = number % sum(weight for _, weight in sharing)
    for candidate, weight in sharing:
        place -= weight
        if place < 0:
            return candidate
    raise AssertionError("the place lies within the sum of the weights")


def _unique(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple({candidate.name: candidate for candidate in candidates}.values())
