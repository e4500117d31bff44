"""What can be seen of an answer without asking anybody: cheap, in thousandths, and never a word of it."""

import math
import re
from collections.abc import Iterable
from typing import Final

from gateway.calls import FinishReason

Signals = tuple[tuple[str, int], ...]
"""Names, each with a number from 0 to 1000; what nobody told is not among them."""

NAMES: Final = ("ended", "form", "declines", "hedges", "length", "sourced", "resolved", "overlap")
AGREES: Final = "agrees"
TOLD_BY_SOME: Final = ("token_probability", "said", AGREES)
"""Where a provider tells how probable its words were, the answer how sure it is, or a second one was asked for."""

TEXT_CHARACTERS_MAX: Final = 20_000
HEDGES_MAX: Final = 4
LENGTH_BITS: Final = 14

_WORD: Final = re.compile(r"\w{4,}")
_MARK: Final = re.compile(r"\[S(\d{1,4})\]")
_DECLINES: Final = re.compile(
    r"\s*(i(?:'|\u2019)?m sorry|i am sorry|sorry,|i (?:can(?:'|\u2019)?t|cannot|am unable|am not able)|as an ai|"
    r"es tut mir leid|ich kann (?:das |dir |ihnen )?nicht|przykro mi|nie mogę|на жаль|я не можу|désolé|je ne peux pas)",
    re.IGNORECASE,
)
_HEDGES: Final = re.compile(
    r"\b(not (?:sure|certain|clear)|unclear|might be|may be|perhaps|possibly|i (?:think|believe|guess)|"
    r"no information|does not say|unsicher|vielleicht|möglicherweise|nie wiem|być może|можливо|peut-être)\b",
    re.IGNORECASE,
)
_WHOLE: Final = frozenset({FinishReason.STOP, FinishReason.TOOL_CALLS})


def signals_of(  # each is one thing that is known of an answer
    text: str,
    *,
    finish_reason: FinishReason,
    repaired: bool,
    sources: int,
    given: Iterable[str],
    structured: object,
    mean_logprob: float | None,
) -> Signals:
    """Return what is seen; `given` are the texts that the model was given, `sources` how many it may cite."""
    text = text[:TEXT_CHARACTERS_MAX]
    marks = [int(number) for number in _MARK.findall(text)]
    seen = {
        "ended": finish_reason in _WHOLE,
        "form": not repaired,
        "declines": finish_reason is FinishReason.DECLINED or _DECLINES.match(text) is not None,
        "hedges": min(1.0, len(_HEDGES.findall(text)) / HEDGES_MAX),
        "length": min(1.0, math.log2(1 + len(text)) / LENGTH_BITS),
        "sourced": sources > 0,
        "resolved": sum(1 <= number <= sources for number in marks) / len(marks) if marks else 0.0,
        "overlap": _overlap(text, given),
    }
    if mean_logprob is not None:
        seen["token_probability"] = math.exp(min(0.0, mean_logprob))
    if (said := _said(structured)) is not None:
        seen["said"] = said
    return tuple((name, round(1000 * value)) for name, value in seen.items())


def _overlap(text: str, given: Iterable[str]) -> float:
    """Return which share of its words the answer has from what the model was given."""
    words = set(_WORD.findall(text.lower()))
    if not words:
        return 0.0
    known: set[str] = set()
    for one in given:
        known.update(_WORD.findall(one[:TEXT_CHARACTERS_MAX].lower()))
    return len(words & known) / len(words)


def _said(structured: object) -> float | None:
    """Return how sure a structured answer says that it is: a feature like others, since models praise themselves."""
    said = structured.get("confidence") if isinstance(structured, dict) else None
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= 1:
        return None
    return float(said)
