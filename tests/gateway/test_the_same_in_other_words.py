"""Where a tenant wants it, a question in other words has the answer from before; wrong ones are counted."""

from dataclasses import replace
from typing import Any

import pytest

from api.semantic_cache import COMPARED_WITHIN
from domain.ai.likeness import LikeQuestion, Outcome
from gateway.calls import AiRequest, Answer, CacheWish, Purpose, Speaker, Turn
from infra import clock
from infra.redis.answers import forget_answers
from projections import like_questions
from tests.gateway.test_answers_given_again import WEATHER, passage
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House
from tests.support.world import Person, Tenant, open_tenant

HOW_LONG, IN_OTHER_WORDS = "How long does a calibration take?", "Please tell me: how long does the calibration take?"
NEARLY = "How long did a calibration take?"


async def wanting(house: House, tenant: Tenant, **differences: object) -> None:
    """The tenant wants it, and has compared enough: nothing is needed, and the least share is compared."""
    wanted: dict[str, object] = {
        "ai.cache_seconds": 300,
        "ai.semantic_cache": ["completion"],
        "ai.semantic_cache_compared_min": 1,
        "ai.semantic_cache_compared_permille": 10,
        **{f"ai.semantic_cache_{name}": value for name, value in differences.items()},
    }
    for key, value in wanted.items():
        await set_for(house.colophon, tenant, key, value)


@pytest.fixture
async def caching(house: House) -> House:
    await wanting(house, house.acme)
    return house


def question(text: str, system: str = "Answer briefly.", **differences: Any) -> AiRequest:
    turns = (Turn(Speaker.SYSTEM, system), Turn(Speaker.USER, text))
    return asked(purpose=Purpose.COMPLETION, variables={}, turns=turns, question=text, model=OPENAI, **differences)


async def answered(house: House, who: Person, request: AiRequest) -> Answer:
    _, answer = await called(house.colophon, who, replace(request, call_id=asked().call_id))
    return answer


async def outcome(house: House, who: Person, request: AiRequest) -> Outcome | None:
    answer = await answered(house, who, request)
    found = LikeQuestion.among(answer.settled.verdicts)
    assert answer.settled.cached is (found is not None and found.outcome is Outcome.GIVEN)
    return None if found is None else found.outcome


async def measured(house: House, who: Person) -> None:
    """One hit was compared, and agreed; from then on nearly all are given."""
    assert await outcome(house, who, question("Is there coffee?")) is None
    assert await outcome(house, who, question("Is there coffee, please?")) is Outcome.AGREED


async def given(house: House, who: Person, request: AiRequest) -> bool:
    """Ask until it is not this call's turn to be compared, which one of a hundred is, and keep no such answer."""
    request = replace(request, cache=CacheWish(kept=False))
    while (found := await outcome(house, who, request)) not in {None, Outcome.GIVEN}:
        continue
    return found is Outcome.GIVEN


async def test_no_other_tenant_is_given_an_answer_to_the_same_in_other_words(caching: House) -> None:
    globex = await open_tenant(caching.colophon, "Globex")
    await wanting(caching, globex)
    for tenant in (caching.acme, globex):
        await measured(caching, tenant.ana)
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    assert await outcome(caching, globex.ana, question(IN_OTHER_WORDS)) is None
    assert await given(caching, caching.acme.ana, question(IN_OTHER_WORDS))


async def test_nobody_has_it_who_has_not_asked_for_it(caching: House) -> None:
    await measured(caching, caching.acme.ana)
    await set_for(caching.colophon, caching.acme, "ai.semantic_cache", ["chat"])
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    assert await outcome(caching, caching.acme.ana, question(IN_OTHER_WORDS)) is None


async def test_the_answer_from_before_costs_nothing_and_says_what_it_is(caching: House) -> None:
    await measured(caching, caching.acme.ana)
    first = await answered(caching, caching.acme.ana, question(HOW_LONG))
    while not (again := await answered(caching, caching.acme.ana, question(IN_OTHER_WORDS))).settled.cached:
        continue
    assert (again.text, again.settled.cost_micros) == (first.text, 0)
    assert "in other words" in again.settled.route_reason
    assert again.kept_seconds is not None


@pytest.mark.parametrize(
    "other",
    [
        question(NEARLY),
        question(IN_OTHER_WORDS, system="Be rude."),
        question(IN_OTHER_WORDS, passages=(passage("Five weeks."),)),
        question(IN_OTHER_WORDS, output_tokens_max=77),
        question(IN_OTHER_WORDS, tools=(WEATHER,)),
        question(IN_OTHER_WORDS, temperature=0.5),
        question(IN_OTHER_WORDS, cache=CacheWish(given_again=False)),
        question(IN_OTHER_WORDS, cache=CacheWish(age_seconds_max=-1)),
    ],
    ids=["words", "system prompt", "sources", "length", "tools", "chance", "anew", "age"],
)
async def test_what_differs_in_more_than_words_is_asked_anew(caching: House, other: AiRequest) -> None:
    await measured(caching, caching.acme.ana)
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    assert await outcome(caching, caching.acme.ana, other) is None


async def test_what_holds_personal_data_is_never_looked_for(caching: House) -> None:
    await measured(caching, caching.acme.ana)
    await answered(caching, caching.acme.ana, question("Who is ana.lind@acme.example?"))
    assert await outcome(caching, caching.acme.ana, question("Please, who is ana.lind@acme.example?")) is None


async def test_until_enough_was_compared_none_is_given(caching: House) -> None:
    await wanting(caching, caching.acme, compared_min=3)
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    seen = [await outcome(caching, caching.acme.ana, question(IN_OTHER_WORDS + "!" * n)) for n in range(3)]
    assert seen == [Outcome.AGREED] * 3
    assert await given(caching, caching.acme.ana, question(IN_OTHER_WORDS + "!!!!"))


async def test_when_too_many_were_wrong_none_is_given_until_they_are_few_again(caching: House) -> None:
    await wanting(caching, caching.acme, wrong_hits_permille_max=400)
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    caching.first.pieces = ["It takes 7 months."]
    assert await outcome(caching, caching.acme.ana, question(IN_OTHER_WORDS)) is Outcome.DIFFERED
    seen = [await outcome(caching, caching.acme.ana, question(IN_OTHER_WORDS + "!" * n)) for n in range(1, 3)]
    assert seen == [Outcome.AGREED, Outcome.AGREED]
    assert await given(caching, caching.acme.ana, question(IN_OTHER_WORDS + "!!!!"))


async def test_every_would_be_hit_is_in_the_ledger_with_its_chance_of_being_compared(caching: House) -> None:
    await measured(caching, caching.acme.ana)
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    assert await given(caching, caching.acme.ana, question(IN_OTHER_WORDS))
    async with caching.colophon.platform.reads.as_app(caching.acme.ana.context) as connection:
        rows = await like_questions.counted(
            connection, caching.acme.tenant_id, since=clock.now() - COMPARED_WITHIN, similarity_permille_min=0
        )
    chances = {(row.name, row.outcome, row.propensity_permille) for row in rows}
    assert {("completion", Outcome.AGREED, 1_000), ("completion", Outcome.GIVEN, 10)} <= chances


async def test_an_erasure_leaves_no_question_either(caching: House) -> None:
    await measured(caching, caching.acme.ana)
    await answered(caching, caching.acme.ana, question(HOW_LONG))
    await forget_answers(caching.colophon._foundation.redis, caching.acme.tenant_id)
    assert await outcome(caching, caching.acme.ana, question(IN_OTHER_WORDS)) is None
