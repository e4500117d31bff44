"""What a call's time went into."""

from dataclasses import dataclass
from typing import Final

STAGE: Final = "stage"
ATTEMPT: Final = "attempt"
REPAIR: Final = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """
    A `stage` before the model that took its time, an `attempt` at a model, or a `repair` of its answer.

    Begins are counted from the call's own; attempts may overlap. `outcome` is empty of a stage that let the call pass.
    """

    kind: str
    name: str
    began_microseconds: int
    took_microseconds: int
    first_word_microseconds: int | None = None
    """Of an attempt: how long after its begin the model said something."""
    outcome: str = ""
