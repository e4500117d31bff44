"""From what is wanted to the turns that a model is given: the template in force, with everything else as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from domain.template.content import Example, TemplateContent, VariableValue
from gateway.calls import AiRequest, Speaker, Turn
from gateway.fences import as_data
from gateway.passages import Passage
from gateway.refusals import PromptRefused
from prompts.rendering import CannotRender, rendered

PROMPT_CHARACTERS_MAX: Final = 200_000

Terms = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """What a prompt is made of beside its instructions, whose places `gateway/room.py` may make smaller."""

    examples: Sequence[Example] = ()
    history: Sequence[Turn] = ()
    passages: Sequence[Passage] = ()
    context: str = ""
    terms: Terms = ()
    selection: str = ""


def own_words(request: AiRequest) -> str:
    """Return what whoever asks wrote just now: the question, the wish, the last turn; no document and no answer."""
    last = next((turn.text for turn in reversed(request.turns) if turn.speaker is Speaker.USER), "")
    said = dict.fromkeys(
        (request.variables.get("instruction", ""), request.question or "", last, *request.own_values())
    )
    return "\n".join(words for words in said if words)


def sections_of(request: AiRequest, content: TemplateContent, passages: Sequence[Passage], terms: Terms) -> Sections:
    return Sections(
        examples=content.examples,
        history=request.turns,
        passages=passages,
        context=request.variables.get("context", ""),
        terms=terms,
        selection=request.variables.get("selection", ""),
    )


def turns_of(
    content: TemplateContent,
    sections: Sections,
    texts: Mapping[str, str],
    values: Mapping[str, VariableValue],
    nonce: str,
) -> tuple[Turn, ...]:
    """Return the turns: what the model is, examples, what was said before, what is wanted now. Raises PromptRefused."""
    given: dict[str, object] = {name: _as_data(value) for name, value in values.items()}
    given |= {name: as_data(texts.get(name, "")) for name in ("title", "instruction")}
    given |= {"context": as_data(sections.context), "selection": as_data(sections.selection)}
    given["passages"] = [
        {"n": n, "title": as_data(p.title), "text": as_data(p.text)} for n, p in enumerate(sections.passages, start=1)
    ]
    given["terms"] = [{"term": as_data(term), "definition": as_data(meaning)} for term, meaning in sections.terms]
    try:
        system, user = rendered(content.system, given, nonce), rendered(content.user, given, nonce)
    except CannotRender as error:
        raise PromptRefused(f"The prompt template cannot be used: {error}.") from error
    shown = [
        turn
        for example in sections.examples
        for turn in (Turn(Speaker.USER, example.asked), Turn(Speaker.ASSISTANT, example.answered))
    ]
    leading = leading_turns(sections.history)
    # First what is the same in each call: a provider keeps a prompt up to its first difference, as this call's fences.
    turns = (
        *leading,
        Turn(Speaker.SYSTEM, system),
        *shown,
        *sections.history[len(leading) :],
        Turn(Speaker.USER, user),
    )
    return tuple(turn for turn in turns if turn.text.strip() or turn.tool_calls or turn.tool_call_id)


def leading_turns(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Return what a caller tells the model to be, before anybody has said anything."""
    return tuple(takewhile(lambda turn: turn.speaker is Speaker.SYSTEM, turns))


def require_a_prompt(turns: Sequence[Turn]) -> None:
    """Raise PromptRefused for turns in which nobody says anything, or too much."""
    if not any(turn.text.strip() for turn in turns):
        raise PromptRefused("There is nothing to answer.")
    asked = (call.arguments for turn in turns for call in turn.tool_calls)
    if sum(map(len, (*(turn.text for turn in turns), *asked))) > PROMPT_CHARACTERS_MAX:
        raise PromptRefused(f"A prompt has at most {PROMPT_CHARACTERS_MAX} characters.")


def _as_data(value: VariableValue) -> VariableValue:
    if isinstance(value, str):
        return as_data(value)
    return tuple(map(as_data, value)) if isinstance(value, tuple) else value
