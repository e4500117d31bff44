"""An answer has the form that was asked for: checked, repaired once for money that is held, or refused honestly."""

import json
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from domain.ids import CallId
from gateway.calls import AiRequest, Answer, FinishReason, Purpose, Speaker, Structure, Turn
from gateway.refusals import BudgetExceeded, NotInItsPower, SchemaRefused
from tests.gateway.test_calling_a_model import called, ledger_micros, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import OPENAI, SECOND, House

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
GOOD = '{"name": "Ana", "age": 41}'
BAD = '{"name": "Ana"}'


def wanted(model: str = OPENAI, schema: dict[str, Any] | None = None, **differences: Any) -> AiRequest:
    wish: dict[str, Any] = {
        "call_id": CallId(uuid7()),
        "purpose": Purpose.COMPLETION,
        "turns": (Turn(Speaker.USER, "Who is it?"),),
        "model": model,
        "structure": Structure(name="person", schema=schema or PERSON),
    }
    return AiRequest(**{**wish, **differences})


async def ask(house: House, request: AiRequest) -> tuple[str, Answer]:
    return await called(house.colophon, house.acme.ana, request)


async def test_an_answer_that_keeps_to_its_schema_comes_as_its_value(house: House) -> None:
    house.first.pieces = ['{"name": ', '"Ana", "age": 41}']
    text, answer = await ask(house, wanted())
    assert text == answer.text == GOOD
    assert answer.structured == {"name": "Ana", "age": 41}
    assert (answer.finish_reason, answer.settled.other_legs_micros) == (FinishReason.STOP, 0)
    assert len(house.first.received) == 1


async def test_a_model_without_forms_of_its_own_is_asked_in_words_and_its_fence_is_taken_off(house: House) -> None:
    house.second.pieces = ["```json\n", GOOD, "\n```"]
    text, answer = await ask(house, wanted(SECOND))
    assert (text, answer.structured) == (GOOD, json.loads(GOOD))
    system = house.second.received[0]["messages"][0]
    assert system["role"] == "system"
    assert json.dumps(PERSON, separators=(",", ":")) in system["content"]


async def test_an_answer_that_does_not_fit_is_repaired_once_and_both_legs_are_paid(house: House) -> None:
    house.first.pieces, house.first.later = [BAD], [{"pieces": [GOOD]}]
    text, answer = await ask(house, wanted())
    call = answer.settled
    assert (text, answer.structured) == (GOOD, json.loads(GOOD))
    assert call.attempts == (f"{OPENAI}: not in the form asked for", f"{OPENAI}: answered")
    assert call.other_legs_micros > 0
    assert call.cost_micros == 2 * call.other_legs_micros <= call.reserved_micros
    assert await ledger_micros(house.colophon, house.acme.ana) == call.cost_micros
    assert await spent_and_held(house.colophon, house.acme.ana) == [(call.cost_micros, 0)] * 3
    said, complaint = house.first.received[1]["messages"][-2:]
    assert said == {"role": "assistant", "content": BAD}
    assert '`$` does not keep to `required` "age"' in complaint["content"]


async def test_an_answer_that_fits_not_even_then_is_not_given(house: House) -> None:
    house.first.pieces = ["I would rather talk."]
    text, answer = await ask(house, wanted())
    assert (text, answer.text, answer.structured) == ("", "", None)
    assert answer.finish_reason is FinishReason.UNSTRUCTURED
    assert "not in the form" in answer.notice
    assert len(house.first.received) == 2
    assert await ledger_micros(house.colophon, house.acme.ana) == answer.settled.cost_micros > 0


async def test_a_repair_that_the_provider_refuses_leaves_the_first_leg_paid_alone(house: House) -> None:
    house.first.pieces, house.first.later = [BAD], [{"status": 500}]
    _, answer = await ask(house, wanted())
    assert answer.finish_reason is FinishReason.UNSTRUCTURED
    assert (answer.settled.other_legs_micros, answer.settled.output_tokens) == (0, 2)


async def test_a_budget_that_pays_for_one_leg_is_not_overdrawn_by_a_second(house: House) -> None:
    house.first.pieces = [BAD]
    request = wanted(output_tokens_max=2_000)
    estimate = await house.colophon.platform.gateway.estimate(request, house.acme.ana.context)
    await set_for(house.colophon, house.acme, "ai.tenant_day_micros", 40)
    try:
        _, answer = await ask(house, request)
    except BudgetExceeded:
        assert house.first.received == []
        return
    assert answer.settled.cost_micros <= 40 < estimate.cost_micros_max


async def test_an_answer_that_became_too_long_is_given_as_far_as_it_came(house: House) -> None:
    house.first.pieces, house.first.finish = ['{"name": "An'], "length"
    text, answer = await ask(house, wanted())
    assert (text, answer.finish_reason) == ('{"name": "An', FinishReason.LENGTH)
    assert answer.structured is None
    assert len(house.first.received) == 1


async def test_the_same_question_in_another_form_is_another_question(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.cache_seconds", 300)
    house.first.pieces = [GOOD]
    await ask(house, wanted())
    _, again = await ask(house, wanted())
    assert (again.settled.cached, again.structured) == (True, json.loads(GOOD))
    _, other = await ask(house, wanted(schema={"type": "object"}))
    assert not other.settled.cached


async def test_a_schema_that_is_not_taken_costs_nothing(house: House) -> None:
    with pytest.raises(SchemaRefused):
        await ask(house, wanted(schema={"$ref": "https://example.com/"}))
    assert house.first.received == []


async def test_personal_data_in_a_schema_and_in_a_value_never_leaves_and_comes_back_as_json(house: House) -> None:
    schema = {
        "type": "object",
        "properties": {"to": {"enum": ["ana.lind@acme.example"], "description": "Ask ana.lind@acme.example."}},
        "required": ["to"],
    }
    house.first.pieces, house.first.later = ['{"to": "nobody"}'], [{"pieces": ['{"to": "[EM', 'AIL_1]"}']}]
    words = (Turn(Speaker.USER, "Write to ana.lind@acme.example."),)
    text, answer = await ask(house, wanted(schema=schema, turns=words))
    assert "ana.lind" not in house.first.prompts
    assert len(house.first.received) == 2
    assert json.loads(text) == answer.structured == {"to": "ana.lind@acme.example"}


async def test_the_local_model_says_that_it_keeps_to_no_form(house: House) -> None:
    with pytest.raises(NotInItsPower):
        await ask(house, wanted("local/extractive"))


async def test_when_a_model_breaks_off_before_anything_was_given_the_next_one_answers_and_both_are_paid(
    house: House,
) -> None:
    await set_for(house.colophon, house.acme, "ai.route.large", [OPENAI, SECOND])
    await set_for(house.colophon, house.acme, "ai.retries_max", 0)
    house.first.pieces, house.first.cut_after = ['{"name": ', '"Ana"'], 1
    house.second.pieces = [GOOD]
    text, answer = await ask(house, wanted("large"))
    assert (text, answer.structured, answer.finish_reason) == (GOOD, json.loads(GOOD), FinishReason.STOP)
    assert answer.settled.provider == "compatible"
    assert 0 < answer.settled.other_legs_micros < answer.settled.cost_micros
    assert len(answer.settled.attempts) == 2
    spent = answer.settled.cost_micros
    assert await ledger_micros(house.colophon, house.acme.ana) == spent
    assert await spent_and_held(house.colophon, house.acme.ana) == [(spent, 0)] * 3


async def test_when_nobody_follows_what_broke_off_is_in_the_ledger_and_nothing_of_it_is_given(house: House) -> None:
    house.first.pieces, house.first.cut_after = ['{"name": ', '"Ana"'], 1
    await set_for(house.colophon, house.acme, "ai.retries_max", 0)
    text, answer = await ask(house, wanted())
    assert (text, answer.text, answer.finish_reason) == ("", "", FinishReason.BROKEN)
    assert answer.settled.cost_micros == answer.settled.other_legs_micros > 0
    assert await ledger_micros(house.colophon, house.acme.ana) == answer.settled.cost_micros
