"""Make a prompt fit: what gives way, in the template's order, and what was cut."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from domain.template.content import Section
from gateway.calls import Speaker, Turn
from gateway.prompting import Sections
from gateway.refusals import PromptDoesNotFit
from gateway.tokens import BYTES_PER_TOKEN, tokens_about

Cut = Mapping[Section, int]
"""How much of a section was cut: of a text its characters, of everything else how many."""

_NAMES: Mapping[Section, str] = {
    Section.EXAMPLES: "of the examples",
    Section.HISTORY: "of the former messages",
    Section.PASSAGES: "of the sources",
    Section.CONTEXT: "characters of what stands around the place",
    Section.TERMS: "of the glossary's terms",
    Section.SELECTION: "characters at the end of the text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    turns: tuple[Turn, ...]
    sections: Sections
    cut: Cut


def fitted(
    sections: Sections, gives_way: Sequence[Section], render: Callable[[Sections], tuple[Turn, ...]], tokens_max: int
) -> Fitted:
    """Return the turns with as much as fits. Raises PromptDoesNotFit when what may not be cut is too long."""
    turns, cut = render(sections), dict[Section, int]()
    for section in gives_way:
        while (over := prompt_tokens_about(turns) - tokens_max) > 0:
            sections, cut_now = _smaller(sections, section, over)
            if not cut_now:
                break
            cut[section] = cut.get(section, 0) + cut_now
            turns = render(sections)
    require_room(turns, tokens_max)
    return Fitted(turns=turns, sections=sections, cut=cut)


def require_room(turns: Sequence[Turn], tokens_max: int) -> None:
    """Raise PromptDoesNotFit for turns that are too long."""
    if (tokens := prompt_tokens_about(turns)) > tokens_max:
        raise PromptDoesNotFit(tokens, tokens_max)


def prompt_tokens_about(turns: Sequence[Turn]) -> int:
    """Return about how many tokens a model reads."""
    return sum(tokens_about(turn.text) for turn in turns)


def in_words(cut: Cut) -> str:
    """Say what was cut, for whoever reads the answer."""
    parts = ", ".join(f"{count} {_NAMES[section]}" for section, count in cut.items())
    return f"There was no room in the prompt for {parts}." if parts else ""


def _smaller(sections: Sections, section: Section, over_tokens: int) -> tuple[Sections, int]:
    """Return the sections with so many tokens less of one, or without all of it; and how much was cut."""
    characters = over_tokens * BYTES_PER_TOKEN  # a character has a byte at least
    match section:
        case Section.EXAMPLES:
            sizes = [tokens_about(one.asked) + tokens_about(one.answered) for one in sections.examples]
            kept = _kept_of(sizes, over_tokens)
            return replace(sections, examples=sections.examples[:kept]), len(sizes) - kept
        case Section.HISTORY:
            left = _later(sections.history, over_tokens)
            return replace(sections, history=left), len(sections.history) - len(left)
        case Section.PASSAGES:
            # The best stand first, and keep the numbers by which they are cited.
            kept = _kept_of([tokens_about(one.title + one.text) for one in sections.passages], over_tokens)
            return replace(sections, passages=sections.passages[:kept]), len(sections.passages) - kept
        case Section.TERMS:
            kept = _kept_of([tokens_about(term + meaning) for term, meaning in sections.terms], over_tokens)
            return replace(sections, terms=sections.terms[:kept]), len(sections.terms) - kept
        case Section.CONTEXT:
            # What stands nearest to the place comes last.
            shorter = sections.context[characters:]
            return replace(sections, context=shorter), len(sections.context) - len(shorter)
        case Section.SELECTION:
            shorter = sections.selection[: max(0, len(sections.selection) - characters)]
            return replace(sections, selection=shorter), len(sections.selection) - len(shorter)
        case _:
            assert_never(section)


def _kept_of(sizes: Sequence[int], over_tokens: int) -> int:
    """Return how many from the beginning are kept when so many tokens go from the end."""
    kept, freed = len(sizes), 0
    while kept and freed < over_tokens:
        kept -= 1
        freed += sizes[kept]
    return kept


def _later(history: Sequence[Turn], over_tokens: int) -> Sequence[Turn]:
    """Return what was said later; it begins with somebody who asks, never with an answer to what is gone."""
    begin, freed = 0, 0
    while begin < len(history) and (freed < over_tokens or history[begin].speaker is not Speaker.USER):
        freed += tokens_about(history[begin].text)
        begin += 1
    return history[begin:]
