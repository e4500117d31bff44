"""An answer is given again to whom it may be given, under the policy it was given under, while it holds."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from domain.ids import ConversationId, DocumentId
from gateway.answers import NOWHERE, KeptAnswer
from gateway.calls import AiRequest, CacheWish, Purpose, Speaker, Tool, Turn
from gateway.passages import Passage
from infra.redis.answers import RedisAnswers, forget_answers
from infra.redis.together import Together
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House
from tests.support.world import Person, Tenant, open_tenant

WEATHER = Tool(name="weather", description="The weather.", parameters={"type": "object", "properties": {}})


def question(text: str = "How long?", **differences: Any) -> AiRequest:
    return asked(purpose=Purpose.COMPLETION, variables={}, turns=(Turn(Speaker.USER, text),), **differences)


def passage(text: str) -> Passage:
    return Passage(
        document_id=DocumentId(uuid7()), title="Terms", heading="", position=1, block_from=0, block_to=1, start=0,
        end=len(text), text=text, sha256=text.encode().hex().ljust(64, "0"), score=1.0, found_by=("lexical",),
    )  # fmt: skip


@pytest.fixture
async def caching(house: House) -> House:
    """A house with hosted models whose tenant gives answers again."""
    await set_for(house.colophon, house.acme, "ai.cache_seconds", 300)
    return house


async def given_again(house: House, who: Person, request: AiRequest) -> bool:
    """Ask under a call id of its own, and tell whether no model was asked."""
    before = len(house.first.received)
    _, answer = await called(house.colophon, who, replace(request, call_id=asked().call_id, model=OPENAI))
    assert answer.settled.cached == (len(house.first.received) == before)
    return answer.settled.cached


async def test_no_other_tenant_is_given_an_answer_that_was_given_before(caching: House) -> None:
    globex = await open_tenant(caching.colophon, "Globex")
    assert [
        await given_again(caching, caching.acme.ana, question()),
        await given_again(caching, globex.ana, question()),
        await given_again(caching, caching.acme.ana, question()),
        await given_again(caching, globex.ana, question()),
    ] == [False, False, True, True]


async def test_whoever_may_not_read_a_source_has_no_answer_that_rests_on_it(caching: House) -> None:
    secret, public = passage("The bonus is 12 %."), passage("There are bonuses.")
    assert not await given_again(caching, caching.acme.olga, question(question="Bonus?", passages=(secret,)))
    assert not await given_again(caching, caching.acme.ana, question(question="Bonus?", passages=(public,)))
    assert not await given_again(caching, caching.acme.ana, question(question="Bonus?", passages=()))
    assert await given_again(caching, caching.acme.ana, question(question="Bonus?", passages=(secret,)))


async def test_colleagues_share_answers_unless_the_tenant_wants_each_to_have_their_own(caching: House) -> None:
    assert not await given_again(caching, caching.acme.ana, question())
    assert await given_again(caching, caching.acme.olga, question())
    await set_for(caching.colophon, caching.acme, "ai.cache_scope", "member")
    assert not await given_again(caching, caching.acme.ana, question())
    assert not await given_again(caching, caching.acme.olga, question())
    assert await given_again(caching, caching.acme.ana, question())


@pytest.mark.parametrize(
    "request_",
    [question("Write to ana.lind@acme.example."), question(conversation_id=ConversationId(uuid7()))],
    ids=["personal data", "a conversation"],
)
async def test_what_is_personal_is_only_given_again_to_whoever_asked(caching: House, request_: AiRequest) -> None:
    assert not await given_again(caching, caching.acme.ana, request_)
    assert not await given_again(caching, caching.acme.olga, request_)
    assert await given_again(caching, caching.acme.ana, request_)


async def test_two_addresses_that_look_alike_when_masked_are_two_questions(caching: House) -> None:
    assert not await given_again(caching, caching.acme.ana, question("Who is ana.lind@acme.example?"))
    assert not await given_again(caching, caching.acme.ana, question("Who is bo.berg@acme.example?"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ai.pii_names", False),
        ("ai.pii_patterns", ["K-[0-9]+"]),
        ("ai.blocklist", ["gadget"]),
        ("ai.moderation_answer", "block"),
        ("ai.moderation_models", ["nobody/judge"]),
        ("ai.injection_checks", False),
        ("ai.route.large", [OPENAI]),
        ("ai.output_tokens_max", 500),
    ],
)
async def test_a_change_of_policy_ends_what_was_answered_under_the_former_one(
    caching: House, key: str, value: object
) -> None:
    wish = question()
    _, first = await called(caching.colophon, caching.acme.ana, replace(wish, model="large"))
    await set_for(caching.colophon, caching.acme, key, value)
    _, second = await called(caching.colophon, caching.acme.ana, replace(wish, model="large", call_id=asked().call_id))
    assert (first.settled.cached, second.settled.cached) == (False, False)


async def test_after_the_kill_switch_nothing_from_before_it_is_given(caching: House) -> None:
    assert not await given_again(caching, caching.acme.ana, question())
    await set_for(caching.colophon, caching.acme, "ai.enabled", value=False)
    await set_for(caching.colophon, caching.acme, "ai.enabled", value=True)
    assert not await given_again(caching, caching.acme.ana, question())


async def test_after_an_erasure_not_even_what_a_model_was_saying_then_is_given(caching: House) -> None:
    """The answer is kept after the erasure, and it may rest on what was erased."""
    caching.first.pauses_after = 1
    saying = asyncio.create_task(given_again(caching, caching.acme.ana, question()))
    await caching.first.waits.wait()
    await forget_answers(caching.colophon._foundation.redis, caching.acme.tenant_id)
    caching.first.go_on.set()
    assert not await saying
    caching.first.pauses_after = None
    assert not await given_again(caching, caching.acme.ana, question())
    assert await given_again(caching, caching.acme.ana, question())


async def test_where_tools_are_offered_nothing_is_given_again_unless_the_tenant_wants_it(caching: House) -> None:
    wish = question(tools=(WEATHER,))
    assert not await given_again(caching, caching.acme.ana, wish)
    assert not await given_again(caching, caching.acme.ana, wish)
    await set_for(caching.colophon, caching.acme, "ai.cache_with_tools", value=True)
    assert not await given_again(caching, caching.acme.ana, wish)
    assert await given_again(caching, caching.acme.ana, wish)


async def test_where_chance_is_wanted_nothing_is_given_again_unless_the_tenant_wants_it(caching: House) -> None:
    wish = question(temperature=0.8)
    assert not await given_again(caching, caching.acme.ana, wish)
    assert not await given_again(caching, caching.acme.ana, wish)
    await set_for(caching.colophon, caching.acme, "ai.cache_any_temperature", value=True)
    assert not await given_again(caching, caching.acme.ana, wish)
    assert await given_again(caching, caching.acme.ana, wish)


async def test_a_caller_may_want_a_new_answer_or_leave_none_behind(caching: House) -> None:
    none_kept, anew = CacheWish(given_again=False, kept=False), CacheWish(given_again=False)
    assert not await given_again(caching, caching.acme.ana, question(cache=none_kept))
    assert not await given_again(caching, caching.acme.ana, question())
    assert not await given_again(caching, caching.acme.ana, question(cache=anew))
    assert await given_again(caching, caching.acme.ana, question())
    assert not await given_again(caching, caching.acme.ana, question(cache=none_kept))


async def test_what_is_given_again_tells_how_old_it_is(caching: House) -> None:
    _, first = await called(caching.colophon, caching.acme.ana, question(model=OPENAI))
    _, again = await called(caching.colophon, caching.acme.ana, question(model=OPENAI))
    assert first.kept_seconds is None
    assert again.kept_seconds is not None
    assert 0 <= again.kept_seconds < 300


async def test_an_answer_that_is_older_than_the_caller_wants_is_not_given(caching: House) -> None:
    assert not await given_again(caching, caching.acme.ana, question())
    assert await given_again(caching, caching.acme.ana, question(cache=CacheWish(age_seconds_max=60)))
    assert not await given_again(caching, caching.acme.ana, question(cache=CacheWish(age_seconds_max=-1)))


async def test_without_redis_nothing_is_found_and_nothing_fails(acme: Tenant) -> None:
    nobody_listens = RedisAnswers(Together(Redis(host="127.0.0.1", port=1)), b"secret")
    place, found = await nobody_listens.find("key", acme.ana.context)
    assert (place, found) == (NOWHERE, None)
    await nobody_listens.keep(place, KeptAnswer(text="x", model="a/b", notice=""), acme.ana.context, seconds=60)


async def test_whoever_reads_redis_reads_no_answer(colophon: Colophon, acme: Tenant) -> None:
    text, _ = await called(colophon, acme.ana, asked())
    redis = colophon._foundation.redis
    names = [name async for name in redis.scan_iter(match=f"*{acme.tenant_id}*:answer:*")]
    assert names
    for name in names:
        value = await redis.get(name)
        assert isinstance(value, bytes)
        assert text[:20].encode() not in value
