"""What an account pays, where its contract says otherwise than the price list."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.prices import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Micro-dollars per million tokens, by the buckets of Tokens; None is what the list says."""

    input: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    output: int | None = None
    reasoning: int | None = None

    def over(self, listed: Rates | None) -> Rates | None:
        """Return the rates in force; None when neither says what reading and writing cost."""
        # What was reasoned costs what was written costs, unless the contract says another price for it.
        said = replace(self, reasoning=_first(self.reasoning, self.output))
        if listed is not None:
            said = said.before(
                Agreed(
                    input=listed.input,
                    cache_read=listed.cache_read,
                    cache_write=listed.cache_write,
                    output=listed.output,
                    reasoning=listed.reasoning,
                )
            )
        if said.input is None or said.output is None:
            return None
        return Rates(
            input=said.input,
            cache_read=said.input if said.cache_read is None else said.cache_read,
            cache_write=said.input if said.cache_write is None else said.cache_write,
            output=said.output,
            reasoning=said.output if said.reasoning is None else said.reasoning,
        )

    def before(self, other: "Agreed") -> "Agreed":
        """Return these prices, and the other's where nothing is said here."""
        return Agreed(
            input=_first(self.input, other.input),
            cache_read=_first(self.cache_read, other.cache_read),
            cache_write=_first(self.cache_write, other.cache_write),
            output=_first(self.output, other.output),
            reasoning=_first(self.reasoning, other.reasoning),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPrices:
    """How an account's models are priced: by its contract, and by the list of its kind under their listed names."""

    kind: str
    agreed: Agreed = field(default_factory=Agreed)
    of_models: Mapping[str, Agreed] = field(default_factory=dict)
    listed_as: Mapping[str, str] = field(default_factory=dict)

    def agreed_for(self, model: str) -> Agreed:
        return self.of_models.get(model, Agreed()).before(self.agreed)


def _first(*said: int | None) -> int | None:
    return next((one for one in said if one is not None), None)
