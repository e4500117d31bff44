"""What a tenant does not want said is noted, or refused in prompts, or ends an answer before it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.calls import AiRequest, FinishReason, Purpose, Speaker, Turn
from gateway.refusals import PromptBlocked
from gateway.screening.moderation import AnswerScreen, Moderator
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House, house  # noqa: F401  # a fixture

LISTED = "Project Zebra"


def wish(words: str = "How long does it take?") -> AiRequest:
    return asked(model=OPENAI, purpose=Purpose.COMPLETION, variables={}, turns=(Turn(Speaker.USER, words),))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("What a load of bullshit.", "insult"),
        ("Du Arschloch!", "insult"),
        ("Kurwa, znowu.", "insult"),
        ("Сука, знову.", "insult"),
        ("Quel connard.", "insult"),
        ("Wh\u0430t b\u200bullsh1t", "insult"),
        ("I will kill you.", "threat"),
        ("Я вб'ю тебе", "threat"),
        ("about PROJECT  zebra, then", "blocklist"),
    ],
)
def test_insults_threats_and_listed_words_are_found(text: str, rule: str) -> None:
    assert rule in Moderator((LISTED,)).find(text)


@pytest.mark.parametrize(
    "text",
    [
        "The class assesses Scunthorpe.",
        "Die Bitte wird erfüllt.",
        "Projects, zebras",
        "We kill the process.",
        "dupleks",
    ],
)
def test_words_that_only_look_like_it_are_not(text: str) -> None:
    assert Moderator((LISTED,)).find(text) == ()


async def test_everything_passes_and_is_noted_until_the_tenant_wants_otherwise(house: House) -> None:  # noqa: F811
    house.first.pieces = ["What ", "bullshit."]
    text, answer = await called(house.colophon, house.acme.ana, wish("Bullshit?"))
    assert text == "What bullshit."
    assert dict(answer.settled.verdicts) == {"moderation.prompt": "note:insult", "moderation.answer": "note:insult"}


async def test_a_prompt_is_refused_and_nothing_leaves(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.blocklist", [LISTED])
    await set_for(house.colophon, house.acme, "ai.moderation_prompt", "block")
    with pytest.raises(PromptBlocked) as refused:
        await called(house.colophon, house.acme.ana, wish("What about project zebra?"))
    assert refused.value.rules == ("moderation.blocklist",)
    assert house.first.received == []


async def test_an_answer_ends_before_what_is_not_wanted(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.blocklist", [LISTED])
    await set_for(house.colophon, house.acme, "ai.moderation_answer", "block")
    house.first.pieces = ["Four weeks. ", "It is for Pro", "ject Ze", "bra and more. ", "Then ", "it ends."]
    text, answer = await called(house.colophon, house.acme.ana, wish())
    assert text == answer.text == "Four weeks."
    assert answer.finish_reason is FinishReason.BLOCKED
    assert "policy" in answer.notice
    assert dict(answer.settled.verdicts)["moderation.answer"] == "block:blocklist"
    assert answer.settled.output_tokens > 0


async def test_an_answer_that_is_fine_comes_whole(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.moderation_answer", "block")
    house.first.pieces = ["Four ", "weeks. Or", " five", ", who knows"]
    text, answer = await called(house.colophon, house.acme.ana, wish())
    assert text == "Four weeks. Or five, who knows"
    assert answer.finish_reason is FinishReason.STOP


async def test_an_answer_that_was_kept_is_looked_at_again(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.cache_seconds", 300)
    house.first.pieces = ["It is for Project Zebra."]
    await called(house.colophon, house.acme.ana, wish())
    await set_for(house.colophon, house.acme, "ai.blocklist", [LISTED])
    await set_for(house.colophon, house.acme, "ai.moderation_answer", "block")
    text, answer = await called(house.colophon, house.acme.ana, wish())
    assert (text, answer.finish_reason) == ("", FinishReason.BLOCKED)


SAID = st.lists(
    st.sampled_from(["Fine. ", "word ", "Project Zebra", "Project ", "Zebra", "\n", "x" * 150 + " "]), max_size=12
)


@given(SAID, st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=60))
def test_nothing_of_what_is_not_wanted_is_shown_wherever_the_stream_is_cut(said: list[str], cuts: list[int]) -> None:
    # given
    text, shown = "".join(said), ""
    screen, moderator = AnswerScreen(Moderator((LISTED,)), blocks=True), Moderator((LISTED,))
    # when
    left = text
    for length in cuts:
        shown, left = shown + screen.take(left[:length]), left[length:]
    shown += screen.take(left) + screen.rest()
    # then
    assert moderator.find(shown) == ()
    assert text.startswith(shown)
    assert bool(screen.blocked) is bool(moderator.find(text))
    assert screen.blocked or shown == text
