"""What the ledger says of a call whose question was much like one that was answered before."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

VERDICT: Final = "semantic_cache"


class Outcome(StrEnum):
    """GIVEN: the answer from before; else the model was asked all the same, and its answer AGREED or DIFFERED."""

    GIVEN = "given"
    AGREED = "agreed"
    DIFFERED = "differed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeQuestion:
    """`name` is what the tenant allowed it for, `propensity_permille` how probable it was that the model is asked."""

    name: str
    outcome: Outcome
    similarity_permille: int
    propensity_permille: int

    def verdict(self) -> tuple[str, str]:
        """Return it as the ledger keeps it."""
        return VERDICT, f"{self.outcome}:{self.similarity_permille}:{self.propensity_permille}:{self.name}"

    @classmethod
    def among(cls, verdicts: Iterable[tuple[str, str]]) -> Self | None:
        """Return what a call's verdicts say of it; None when there was no such question."""
        for check, said in verdicts:
            if check == VERDICT:
                outcome, similarity, propensity, name = said.split(":", 3)
                return cls(
                    name=name,
                    outcome=Outcome(outcome),
                    similarity_permille=int(similarity),
                    propensity_permille=int(propensity),
                )
        return None
