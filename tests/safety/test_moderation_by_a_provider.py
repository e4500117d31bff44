"""A provider's moderation is asked where a tenant names one: about masked text, within its time, beside the rules."""

import pytest

from gateway.calls import FinishReason
from gateway.refusals import PromptBlocked, PromptHeld, ProvidersUnavailable
from tests.gateway.test_calling_a_model import called, set_for
from tests.gateway.test_providers_over_the_wire import House, house  # noqa: F401  # a fixture
from tests.safety.test_moderation import wish
from tests.safety.test_reviews import cards, decide, reviewed

MODEL = "openai/omni-moderation-latest"
WORDS = "Write to ana.lind@acme.example about the dagger."


@pytest.fixture(autouse=True)
async def named(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.moderation_models", [MODEL])


async def test_nobody_is_asked_until_a_tenant_names_one(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.moderation_models", [])
    await called(house.colophon, house.acme.ana, wish(WORDS))
    assert house.first.moderated == []


async def test_a_prompt_is_judged_masked_and_the_ledger_says_by_whom(house: House) -> None:  # noqa: F811
    text, answer = await called(house.colophon, house.acme.ana, wish(WORDS))
    assert text == "Four weeks."
    assert dict(answer.settled.verdicts) == {"moderation.prompt.openai": "note:openai.violence"}
    assert house.first.moderated == ["Write to [EMAIL_1] about the dagger."]


async def test_a_prompt_is_refused_and_no_model_is_asked(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.moderation_prompt", "block")
    with pytest.raises(PromptBlocked) as refused:
        await called(house.colophon, house.acme.ana, wish(WORDS))
    assert refused.value.rules == ("moderation.openai.violence",)
    assert house.first.received == []


async def test_a_prompt_is_reviewed_and_excepted_like_any_other(house: House) -> None:  # noqa: F811
    colophon, acme = house.colophon, house.acme
    await reviewed(colophon, acme, "ai.moderation_prompt", meanwhile="withhold")
    with pytest.raises(PromptHeld) as refused:
        await called(colophon, acme.ana, wish(WORDS))
    (card,) = await cards(colophon, acme)
    assert (card.found_by, list(card.rules), card.review_id) == ("openai", ["openai.violence"], refused.value.review_id)
    await decide(colophon, acme, card.review_id)
    text, _ = await called(colophon, acme.ana, wish(WORDS))
    assert text == "Four weeks."


@pytest.mark.parametrize("trouble", [{"status": 500}, {"hangs": True}])
async def test_where_it_does_not_answer_the_call_goes_on_or_not_as_the_tenant_wants(
    house: House,  # noqa: F811
    trouble: dict[str, object],
) -> None:
    colophon, acme = house.colophon, house.acme
    await set_for(colophon, acme, "ai.moderation_models_seconds", 1)
    await set_for(colophon, acme, "ai.moderation_models", ["compatible/moderation"])
    for name, value in trouble.items():
        setattr(house.second, name, value)
    text, answer = await called(colophon, acme.ana, wish())
    assert text == "Four weeks."
    assert dict(answer.settled.verdicts) == {"moderation.prompt.provider": "failed"}
    await set_for(colophon, acme, "ai.moderation_models_failed", "refuse")
    with pytest.raises(ProvidersUnavailable):
        await called(colophon, acme.ana, wish())
    # and the next one is asked
    await set_for(colophon, acme, "ai.moderation_models", ["compatible/moderation", MODEL])
    await called(colophon, acme.ana, wish())
    assert len(house.first.moderated) == 1


async def test_an_answer_that_may_be_stopped_comes_in_one_piece_or_not_at_all(house: House) -> None:  # noqa: F811
    colophon, acme = house.colophon, house.acme
    await set_for(colophon, acme, "ai.moderation_models_answers", value=True)
    await set_for(colophon, acme, "ai.moderation_answer", "block")
    text, answer = await called(colophon, acme.ana, wish())
    assert (text, answer.finish_reason) == ("Four weeks.", FinishReason.STOP)
    house.first.pieces = ["Take ", "the dagger, ", "ana.lind@acme.example."]
    text, answer = await called(colophon, acme.ana, wish())
    assert (text, answer.text, answer.finish_reason) == ("", "", FinishReason.BLOCKED)
    assert "policy" in answer.notice
    assert dict(answer.settled.verdicts) == {"moderation.answer.openai": "block:openai.violence"}
    assert house.first.moderated[-1] == "Take the dagger, [EMAIL_1]."
    assert answer.settled.cost_micros > 0


async def test_an_answer_is_only_noted_where_the_tenant_wants_no_more(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.moderation_models_answers", value=True)
    house.first.pieces = ["Take ", "the dagger."]
    text, answer = await called(house.colophon, house.acme.ana, wish())
    assert text == "Take the dagger."
    assert dict(answer.settled.verdicts) == {"moderation.answer.openai": "note:openai.violence"}
