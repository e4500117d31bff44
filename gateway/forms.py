"""The form an answer must have: asked for in words where a provider has none of its own, checked, repaired once."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.calls import AiRequest, Speaker, Structure, ToolCall, Turn
from gateway.providers.port import ProviderCall
from gateway.schemas import Checker, bounded, checker

REPAIR_BYTES_PER_TOKEN = 4
"""What is held for reading a first answer again, for each token that it may have."""
COMPLAINT_CHARACTERS_MAX = 2_000

_FENCED: Final = re.compile(r"```(?:json)?\s*\n(.*?)\n?```", re.DOTALL | re.IGNORECASE)
_NO_OBJECT: Final = "it is not a JSON object"
_NO_JSON: Final = "it is not one JSON value, or there are other words around it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """How an answer keeps to its form; `value` is what its text says, `text` that and nothing around it."""

    problems: tuple[str, ...] = ()
    text: str = ""
    value: object = None
    of_calls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The problems of tool calls, by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is checked: the whole text, and what strict tools are called with. CPU-bound: use it in a thread."""

    structure: Checker | None
    tools: Mapping[str, Checker]
    """Of the strict ones; what another is called with has to be an object and no more."""

    def fitted(self, text: str, calls: Sequence[ToolCall]) -> Fitted:
        """Check an answer; one that asks for tools has no text that has to be structured yet."""
        if calls:
            of_calls = {
                call.id: problems
                for call in calls
                if (problems := _checked(call.arguments, self.tools.get(call.name))[1])
            }
            return Fitted(problems=tuple(p for problems in of_calls.values() for p in problems), of_calls=of_calls)
        if self.structure is None:
            return Fitted()
        bare = bare_json(text)
        value, problems = _checked(bare, self.structure)
        return Fitted(problems=problems, text=bare, value=None if problems else value)


def form_of(request: AiRequest) -> Form | None:
    """Return what has to be checked, None for nothing. Raises SchemaRefused."""
    structure, strict = None, {}
    if request.structure is not None:
        structure = checker(request.structure.schema, "the answer")
    for tool in request.tools:
        if tool.strict:
            strict[tool.name] = checker(tool.parameters, f"the tool `{tool.name}`")
        else:
            bounded(tool.parameters, f"the tool `{tool.name}`")
    return Form(structure=structure, tools=strict) if structure or request.tools else None


def bare_json(text: str) -> str:
    """Return the text without white space and a code fence around it."""
    fenced = _FENCED.fullmatch(text.strip())
    return (fenced.group(1) if fenced else text).strip()


def json_value(text: str) -> object:
    """Return what the text says. Raises ValueError; numbers that JSON does not have are none."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError(text[:40]) from None


def _no_number(name: str) -> object:
    raise ValueError(name)


def _checked(text: str, checks: Checker | None) -> tuple[object, tuple[str, ...]]:
    try:
        value = json_value(text)
    except ValueError:
        return None, (_NO_JSON,)
    if checks is None:
        return value, () if isinstance(value, dict) else (_NO_OBJECT,)
    return value, checks.problems(value)


def in_words(structure: Structure) -> Turn:
    """Return what asks a model for the form that has no other way to be asked."""
    schema = json.dumps(structure.schema, ensure_ascii=False, separators=(",", ":"))
    return Turn(
        Speaker.SYSTEM,
        "Answer with one JSON value and nothing else: no words before or after it and no code fence. "
        f"It has to keep to this JSON Schema:\n{schema}",
    )


def asked_again(call: ProviderCall, text: str, calls: Sequence[ToolCall], fitted: Fitted) -> ProviderCall:
    """Return the call that asks for a repair; `text` and `calls` are what the model itself has said, masked."""
    if calls:
        said = Turn(Speaker.ASSISTANT, text, tool_calls=tuple(calls))
        answers = (
            Turn(Speaker.TOOL, _complaint(fitted.of_calls.get(one.id, ()), "These arguments"), tool_call_id=one.id)
            for one in calls
        )
        return replace(call, turns=(*call.turns, said, *answers))
    said_before = (Turn(Speaker.ASSISTANT, text),) if text.strip() else ()
    complaint = Turn(Speaker.USER, _complaint(fitted.problems, "This answer"))
    return replace(call, turns=(*call.turns, *said_before, complaint))


def _complaint(problems: Sequence[str], what: str) -> str:
    if not problems:
        return "Not run, because another call was not as its schema has it. Ask for it again."
    said = "; ".join(problems)[:COMPLAINT_CHARACTERS_MAX]
    return f"{what} cannot be used: {said}. Give the whole again, corrected, and nothing else."
