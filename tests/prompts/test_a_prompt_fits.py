"""A prompt is as long as there is room for: what gives way does so in the template's order, and is told."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from domain.ids import DocumentId
from domain.template.content import GIVES_WAY, Example, Section
from gateway.calls import Speaker, Turn
from gateway.passages import Passage
from gateway.prompting import Sections
from gateway.refusals import PromptDoesNotFit
from gateway.room import Fitted, fitted, in_words

HUNDRED = "abc " * 100
"""A hundred tokens, about."""


def passage(text: str) -> Passage:
    return Passage(
        document_id=DocumentId(uuid7()), title="", heading="", position=1, block_from=0, block_to=1,
        start=0, end=len(text), text=text, sha256="", score=1.0, found_by=("lexical",),
    )  # fmt: skip


WHOLE = Sections(
    examples=(Example(asked=HUNDRED, answered=HUNDRED), Example(asked="short", answered="short")),
    history=(
        Turn(Speaker.USER, f"first {HUNDRED}"),
        Turn(Speaker.ASSISTANT, HUNDRED),
        Turn(Speaker.USER, "last"),
        Turn(Speaker.ASSISTANT, "said"),
    ),
    passages=(passage(f"best {HUNDRED}"), passage(f"second {HUNDRED}")),
    context=f"far {HUNDRED}near",
    terms=(("term", HUNDRED),),
    selection=f"begin {HUNDRED}end",
)


def as_turns(sections: Sections) -> tuple[Turn, ...]:
    parts: list[Any] = [one.asked + one.answered for one in sections.examples]
    parts += [turn.text for turn in sections.history]
    parts += [one.text for one in sections.passages]
    parts += [sections.context, *(meaning for _, meaning in sections.terms), sections.selection]
    return (Turn(Speaker.SYSTEM, "The instruction."), *(Turn(Speaker.USER, part) for part in parts if part))


def within(tokens: int, *gives_way: Section) -> Fitted:
    return fitted(WHOLE, gives_way or GIVES_WAY, as_turns, tokens)


def test_what_fits_stays_whole() -> None:
    found = within(10_000)
    assert (found.sections, found.cut, in_words(found.cut)) == (WHOLE, {}, "")


def test_examples_go_first_and_only_as_many_as_have_to() -> None:
    found = within(850)
    assert found.cut == {Section.EXAMPLES: 2}
    assert found.sections.history == WHOLE.history


def test_then_the_oldest_messages_and_what_is_left_begins_with_a_question() -> None:
    found = within(650)
    assert found.cut == {Section.EXAMPLES: 2, Section.HISTORY: 2}
    assert [turn.text for turn in found.sections.history] == ["last", "said"]


def test_then_the_worst_sources_so_that_the_others_keep_their_numbers() -> None:
    found = within(500)
    assert found.cut == {Section.EXAMPLES: 2, Section.HISTORY: 4, Section.PASSAGES: 1}
    assert [one.text[:4] for one in found.sections.passages] == ["best"]


def test_then_what_stands_far_from_the_place() -> None:
    found = within(300)
    assert found.sections.context.endswith("near")
    assert "far" not in found.sections.context
    assert found.cut[Section.CONTEXT] == len(WHOLE.context) - len(found.sections.context)


def test_the_instruction_and_the_text_to_work_on_are_never_cut() -> None:
    with pytest.raises(PromptDoesNotFit) as refusal:
        within(50)
    assert refusal.value.facts()["tokens_max"] == 50


def test_the_text_gives_way_at_its_end_where_the_template_says_so() -> None:
    found = within(60, *GIVES_WAY, Section.SELECTION)
    assert found.sections.selection.startswith("begin")
    assert "characters at the end of the text" in in_words(found.cut)
    assert found.turns[0].text == "The instruction."


def test_another_order_cuts_something_else_first() -> None:
    assert within(750, Section.TERMS, Section.PASSAGES).cut == {Section.TERMS: 1, Section.PASSAGES: 1}
