"""The stock openai SDK asks, streams and is refused as it is used to; budget and ledger are everybody's."""

import asyncio
from collections.abc import AsyncIterator

import openai
import pytest
from httpx import AsyncClient
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from app.bootstrap import Colophon
from app.operator import Operator
from tests.gateway.test_calling_a_model import ledger_micros, set_for
from tests.support.world import Person, Tenant

QUESTION: list[ChatCompletionMessageParam] = [{"role": "user", "content": "How long does the calibration take?"}]


@pytest.fixture
async def ask(server_url: str, acme: Tenant) -> AsyncIterator[AsyncOpenAI]:
    async with sdk(server_url, acme.ana) as client:
        yield client


def sdk(server_url: str, who: Person) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=f"{server_url}/v1", api_key=who.api_key, max_retries=0)


async def test_nobody_is_answered_in_openais_own_words(server_url: str) -> None:
    async with AsyncOpenAI(base_url=f"{server_url}/v1", api_key="nobody", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError) as refused:
            await client.chat.completions.create(model="auto", messages=QUESTION)
    assert refused.value.code == "authentication.required"


async def test_a_viewer_may_not_spend_money(server_url: str, acme: Tenant) -> None:
    async with sdk(server_url, acme.vera) as client:
        with pytest.raises(openai.PermissionDeniedError):
            await client.chat.completions.create(model="auto", messages=QUESTION)


async def test_a_key_that_has_just_called_a_model_calls_none_once_it_is_revoked(
    ask: AsyncOpenAI, colophon: Colophon, acme: Tenant
) -> None:
    # given a key that the process remembers
    await ask.chat.completions.create(model="auto", messages=QUESTION)
    # when
    await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
    # then
    with pytest.raises(openai.AuthenticationError):
        await ask.chat.completions.create(model="auto", messages=QUESTION)


async def test_calls_that_end_together_are_each_in_the_ledger(
    ask: AsyncOpenAI, colophon: Colophon, acme: Tenant
) -> None:
    asked = (ask.chat.completions.create(model="auto", messages=QUESTION, temperature=1) for _ in range(20))
    answers = await asyncio.gather(*asked)
    costs = [answer.model_extra["colophon"]["cost_micros"] for answer in answers if answer.model_extra]
    assert len(costs) == 20
    assert sum(costs) == await ledger_micros(colophon, acme.ana)


async def test_an_answer_comes_whole_with_its_cost(ask: AsyncOpenAI, colophon: Colophon, acme: Tenant) -> None:
    answer = await ask.chat.completions.create(model="auto", messages=QUESTION)
    assert answer.choices[0].message.content
    assert "local extractive model" in answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    extra = answer.model_extra
    assert extra is not None
    assert extra["colophon"]["cost_micros"] == await ledger_micros(colophon, acme.ana)


async def test_an_answer_streams_and_ends_with_its_usage(ask: AsyncOpenAI) -> None:
    stream = await ask.chat.completions.create(
        model="auto",
        messages=QUESTION,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    whole = await ask.chat.completions.create(model="auto", messages=QUESTION)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage is not None
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]


async def test_a_parameter_that_is_not_supported_is_refused_by_name(ask: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await ask.chat.completions.create(model="auto", messages=QUESTION, logprobs=True)
    assert refused.value.param == "logprobs"
    with pytest.raises(openai.BadRequestError) as refused:
        await ask.chat.completions.create(model="auto", messages=QUESTION, n=2)
    assert refused.value.param == "n"


async def test_an_unknown_model_is_not_found(ask: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        await ask.chat.completions.create(model="gpt-nothing", messages=QUESTION)
    assert (refused.value.code, refused.value.param) == ("ai.unknown_model", "model")


async def test_a_used_up_budget_is_a_rate_limit_with_its_facts(
    ask: AsyncOpenAI, colophon: Colophon, acme: Tenant
) -> None:
    await set_for(colophon, acme, "ai.member_day_micros", 0)
    with pytest.raises(openai.RateLimitError) as refused:
        await ask.chat.completions.create(model="auto", messages=QUESTION, stream=True)
    assert refused.value.code == "ai.budget_exceeded"
    assert isinstance(refused.value.body, dict)
    assert refused.value.body["scope"] == "member_day"


async def test_the_models_that_can_be_asked_are_listed(ask: AsyncOpenAI) -> None:
    models = [model.id async for model in ask.models.list()]
    assert models == ["auto", "large", "small", "local/extractive", "local/minilm"]


async def test_a_body_that_is_no_request_is_refused_in_the_envelope(client: AsyncClient, acme: Tenant) -> None:
    for body in (b"{", b"[]", b'{"model": 1}', b'{"model":"auto","messages":[]}'):
        answer = await client.post("/v1/chat/completions", content=body, headers=acme.ana.headers)
        assert answer.status_code == 400
        assert set(answer.json()["error"]) >= {"message", "type", "param", "code"}
