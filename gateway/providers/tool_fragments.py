"""Tool calls as OpenAI's protocol streams them: in fragments, several side by side, and not by every server alike."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.calls import ToolCall


@dataclass(slots=True)
class _Slot:
    """One call as far as it has come."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    def take(self, call_id: str, name: str, arguments: str) -> None:
        self.id = self.id or call_id
        if name and name != self.name and not self.arguments:
            self.name += name  # the first time; or a name in pieces
        self.arguments += arguments


@dataclass(slots=True)
class ToolFragments:
    """
    Puts the fragments together.

    OpenAI numbers its calls and tells id and name once. Other servers repeat both in every fragment, leave out the
    number, give every call the same one, or send whole calls at once.
    """

    _slots: list[_Slot] = field(default_factory=list)
    _of_index: dict[int, _Slot] = field(default_factory=dict)

    def take(self, fragments: Sequence[Any]) -> None:
        """Add the fragments of one chunk."""
        for position, fragment in enumerate(fragments):
            function = getattr(fragment, "function", None)
            call_id, name = _text(getattr(fragment, "id", None)), _text(getattr(function, "name", None))
            index = getattr(fragment, "index", None)
            if isinstance(index, int):
                slot = self._numbered(index, call_id, name)
            else:
                slot = self._unnumbered(call_id, name, position if len(fragments) > 1 else -1)
            slot.take(call_id, name, _text(getattr(function, "arguments", None)))

    def whole(self, *, cut: bool) -> tuple[ToolCall, ...]:
        """Return the calls in order; where the answer was cut off, one that is no JSON yet is left out."""
        calls: list[ToolCall] = []
        for slot in self._slots:
            if not slot.name or (cut and not is_json(slot.arguments)):
                continue
            call = ToolCall(id=slot.id, name=slot.name, arguments=slot.arguments or "{}")
            if not call.id or any(call.id == other.id for other in calls):
                # What comes back from a tool is told apart by it.
                call = replace(call, id=f"call_{secrets.token_hex(12)}")
            calls.append(call)
        return tuple(calls)

    def _numbered(self, index: int, call_id: str, name: str) -> _Slot:
        slot = self._of_index.get(index)
        if slot is None or (call_id and _begins_another(slot, call_id, name)):
            slot = self._of_index[index] = self._new()
        return slot

    def _unnumbered(self, call_id: str, name: str, position: int) -> _Slot:
        if call_id and (known := [slot for slot in self._slots if slot.id == call_id]):
            return known[-1]
        if not call_id and not name and 0 <= position < len(self._slots):
            return self._slots[position]
        if not self._slots or (name and call_id and self._slots[-1].id):
            return self._new()
        return self._new() if _begins_another(self._slots[-1], call_id, name) else self._slots[-1]

    def _new(self) -> _Slot:
        self._slots.append(_Slot())
        return self._slots[-1]


def _begins_another(slot: _Slot, call_id: str, name: str) -> bool:
    """Tell whether a fragment with a name is not about this call: a call that is whole, or one of another name."""
    if not name or not slot.name or (call_id and call_id == slot.id):
        return False
    if slot.arguments:
        return is_json(slot.arguments)
    # Nothing but its name has come so far: another id with another name is another call.
    return bool(call_id and slot.id) and name != slot.name


def is_json(text: str) -> bool:
    """Tell whether a call's arguments are whole; none at all are."""
    try:
        json.loads(text or "{}")
    except ValueError:
        return False
    return True


def _text(said: object) -> str:
    """Return a string field; some servers send arguments as the object that they mean."""
    if isinstance(said, str):
        return said
    return "" if said is None else json.dumps(said, ensure_ascii=False)
