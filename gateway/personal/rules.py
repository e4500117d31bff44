"""All rules that hold for everybody, and how several recognisers are one."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.masking import Finding, Recogniser
from gateway.personal import births, general, phones
from gateway.personal.national import NATIONAL


@dataclass(frozen=True, slots=True)
class Rules:
    """Implements gateway.masking.Recogniser without a library of models or a network."""

    def find(self, text: str) -> Sequence[Finding]:
        """Return what was found, overlapping or not."""
        if len(text) < 3:  # noqa: PLR2004  # nothing personal is shorter
            return []
        found = general.find(text)
        if any(character.isdigit() for character in text):
            found += [*phones.find(text), *births.find(text)]
            for rule in NATIONAL:
                found += rule.find(text)
        return found


@dataclass(frozen=True, slots=True)
class Together:
    """Implements gateway.masking.Recogniser: what any of them finds."""

    recognisers: tuple[Recogniser, ...]

    def find(self, text: str) -> Sequence[Finding]:
        return [finding for recogniser in self.recognisers for finding in recogniser.find(text)]
