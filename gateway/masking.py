"""Personal data leaves as placeholders and comes back as it was: one map a call, kept in memory only."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from gateway.calls import ToolCall, Turn
from gateway.masked_forms import hidden_json

PLACEHOLDER: Final = re.compile(r"\[([A-Z]+(?:_[A-Z]+)*)_(\d+)\]")
PLACEHOLDER_CHARACTERS_MAX = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data of a kind, in half-open code point offsets."""

    kind: str
    start: int
    end: int


class Recogniser(Protocol):
    """Finds personal data. Pure and CPU-bound: call it in a thread."""

    def find(self, text: str) -> Sequence[Finding]: ...


@dataclass(slots=True)
class Mask:
    """The placeholders of one call: equal values share one, so that the model can still tell who is who."""

    _by_value: dict[tuple[str, str], str] = field(default_factory=dict)
    _by_placeholder: dict[str, str] = field(default_factory=dict)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how many values of each kind were masked."""
        return tuple(sorted(Counter(kind.lower() for kind, _ in self._by_value).items()))

    def hide(self, text: str, findings: Iterable[Finding]) -> str:
        """Return the text with placeholders; what overlaps is hidden as one, under the kind of the longest."""
        pieces, end = [], 0
        for finding in apart(findings):
            value = text[finding.start : finding.end]
            pieces += [text[end : finding.start], self._placeholder(finding.kind, value)]
            end = finding.end
        return "".join((*pieces, text[end:]))

    def show(self, text: str) -> str:
        """Return the text with what stood behind each placeholder; one that was never given stays as it is."""
        return PLACEHOLDER.sub(lambda found: self._by_placeholder.get(found.group(), found.group()), text)

    def hidden_turn(self, turn: Turn, recogniser: Recogniser) -> Turn:
        """Return the turn as it may leave, what a tool was asked or has answered included."""
        hide = self.hiding(recogniser)
        calls = tuple(replace(call, arguments=hidden_json(call.arguments, hide)) for call in turn.tool_calls)
        return replace(turn, text=hide(turn.text), tool_calls=calls)

    def hiding(self, recogniser: Recogniser) -> Callable[[str], str]:
        """Return what makes a text one that may leave."""
        return lambda text: self.hide(text, recogniser.find(text))

    def shown_call(self, call: ToolCall) -> ToolCall:
        """Return a model's call with what stood behind each placeholder; its arguments stay JSON, and none are `{}`."""
        return replace(call, arguments=self.shown_json(call.arguments).strip() or "{}")

    def shown_json(self, text: str) -> str:
        """Return JSON with what stood behind each placeholder; it stays JSON."""

        def shown(found: re.Match[str]) -> str:
            return json.dumps(self._by_placeholder.get(found.group(), found.group()), ensure_ascii=False)[1:-1]

        return PLACEHOLDER.sub(shown, text)

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, value)
        if key not in self._by_value:
            placeholder = f"[{kind}_{len(self._by_value) + 1}]"
            self._by_value[key] = placeholder
            self._by_placeholder[placeholder] = value
        return self._by_value[key]


def apart(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in order, with those that overlap as one: no part of any of them is left to be seen."""
    apart: list[Finding] = []
    longest = 0
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        length = finding.end - finding.start
        if not apart or finding.start >= apart[-1].end:
            apart.append(finding)
            longest = length
            continue
        kind = finding.kind if length > longest else apart[-1].kind
        longest = max(longest, length)
        apart[-1] = Finding(kind, apart[-1].start, max(apart[-1].end, finding.end))
    return apart


@dataclass(slots=True)
class Unmasking:
    """Shows an answer as it streams: what may be the beginning of a placeholder waits for its end."""

    mask: Mask
    _waiting: str = ""

    def take(self, piece: str) -> str:
        """Return what can be shown by now."""
        text = self._waiting + piece
        cut = text.rfind("[")
        if cut == -1 or "]" in text[cut:] or len(text) - cut > PLACEHOLDER_CHARACTERS_MAX:
            cut = len(text)
        self._waiting = text[cut:]
        return self.mask.show(text[:cut])

    def rest(self) -> str:
        """Return what is left at the end."""
        rest, self._waiting = self.mask.show(self._waiting), ""
        return rest


def masked(turns: Sequence[Turn], recogniser: Recogniser) -> tuple[tuple[Turn, ...], Mask]:
    """Return the turns as they may leave, and the map that stays."""
    mask = Mask()
    return tuple(mask.hidden_turn(turn, recogniser) for turn in turns), mask
