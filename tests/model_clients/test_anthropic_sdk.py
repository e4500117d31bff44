"""The stock anthropic SDK asks for text, whole and streamed, and is refused as it is used to."""

from typing import Any

import anthropic
import pytest
from anthropic import AsyncAnthropic
from httpx import AsyncClient

from tests.gateway.test_calling_a_model import set_for
from tests.model_clients.conftest import Bench, calls_in_the_log
from tests.model_clients.said import CLAUDE, MODEL, QUESTION

ASK: Any = {"model": CLAUDE, "max_tokens": 64, "messages": QUESTION}


@pytest.mark.shows(
    "Text", "an answer, whole, with what was read from the provider's cache", "`model`, `messages`, `max_tokens`"
)
async def test_a_message_comes_whole_with_its_usage(claude: AsyncAnthropic, bench: Bench) -> None:
    message = await claude.messages.create(**ASK)
    assert [block.text for block in message.content if block.type == "text"] == ["Four weeks."]
    assert (message.role, message.stop_reason) == ("assistant", "end_turn")
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (10, 4, 2)
    assert [call.endpoint for call in await calls_in_the_log(bench)] == ["/v1/messages"]
    assert bench.upstream.received[0]["max_tokens"] == 64


@pytest.mark.shows("Text", "an answer, streamed, by events", "`stream`")
async def test_a_message_streams_event_by_event(claude: AsyncAnthropic) -> None:
    stream = await claude.messages.create(**ASK, stream=True)
    kinds = [event.type async for event in stream]
    assert kinds == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


@pytest.mark.shows("Text", "the SDK's own stream helper, with usage", "`messages.stream()`")
async def test_the_stream_helper_gathers_a_message(claude: AsyncAnthropic) -> None:
    async with claude.messages.stream(**ASK) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        message = await stream.get_final_message()
    assert text == "Four weeks."
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.output_tokens) == (
        10,
        4,
        2,
    )


@pytest.mark.shows("Text", "a system prompt as a string or as blocks, and ends", "`system`, `stop_sequences`")
@pytest.mark.parametrize(
    "system", ["Be brief.", [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]]
)
async def test_a_system_prompt_and_ends_reach_the_model(claude: AsyncAnthropic, bench: Bench, system: Any) -> None:
    await claude.messages.create(**ASK, system=system, stop_sequences=["END"])
    sent = bench.upstream.received[0]
    assert (sent["system"], sent["stop_sequences"]) == ("Be brief.", ["END"])


@pytest.mark.shows("Text", "a model of another provider, with a temperature", "`model`, `temperature`")
async def test_models_of_other_providers_are_asked_in_the_same_way(claude: AsyncAnthropic, bench: Bench) -> None:
    # The SDK has no parameter for it since its version 2; older ones and other clients send it.
    message = await claude.messages.create(**{**ASK, "model": MODEL}, extra_body={"temperature": 0.5})
    assert message.content[0].type == "text"
    assert bench.upstream.received[0]["temperature"] == 0.5


@pytest.mark.shows("Text", "`metadata.user_id` is taken, and goes nowhere", "`metadata`")
async def test_whom_an_application_asks_for_goes_nowhere(claude: AsyncAnthropic, bench: Bench) -> None:
    await claude.messages.create(**ASK, metadata={"user_id": "u-4711"})
    assert "4711" not in bench.upstream.prompts


@pytest.mark.shows("Text", "about how many tokens a prompt has; no model is asked", "`messages.count_tokens()`")
async def test_the_tokens_of_a_prompt_are_told_before_it_is_sent(claude: AsyncAnthropic, bench: Bench) -> None:
    short = await claude.messages.count_tokens(model=MODEL, messages=QUESTION)
    long = await claude.messages.count_tokens(
        model=MODEL,
        messages=QUESTION,
        system="Be brief. " * 100,
        tools=[{"name": "weather", "description": "The weather. " * 100, "input_schema": {"type": "object"}}],
    )
    assert 0 < short.input_tokens < 100
    assert long.input_tokens > short.input_tokens + 500
    assert bench.upstream.received == []
    assert await calls_in_the_log(bench) == []
    with pytest.raises(anthropic.BadRequestError):
        await claude.messages.count_tokens(model=MODEL, messages=QUESTION, extra_body={"stream": True})
    with pytest.raises(anthropic.NotFoundError):
        await claude.messages.count_tokens(model="nobody/knows", messages=QUESTION)


@pytest.mark.shows("Cost", "tags in a header", "`X-Colophon-Tags`")
async def test_tags_come_in_a_header(claude: AsyncAnthropic, bench: Bench) -> None:
    await claude.messages.create(**ASK, extra_headers={"X-Colophon-Tags": "order=4711"})
    assert [call.tags for call in await calls_in_the_log(bench)] == [(("order", "4711"),)]


@pytest.mark.shows(
    "Cost", "an answer that was given before, and headers that say so", "`Cache-Control`, `Cache-Status`, `Age`"
)
async def test_an_answer_is_given_again_and_says_so(claude: AsyncAnthropic, bench: Bench) -> None:
    await set_for(bench.house.colophon, bench.acme, "ai.cache_seconds", 300)
    told = []
    for stream in (False, False, True):
        raw = await claude.messages.with_raw_response.create(
            model=MODEL, messages=QUESTION, max_tokens=100, stream=stream
        )
        told.append((raw.headers["cache-status"], "age" in raw.headers))
    assert told == [("colophon; fwd=miss", False), ("colophon; hit", True), ("colophon; hit", True)]
    assert len(bench.upstream.received) == 1


@pytest.mark.shows("Errors", "a key in either header", "`x-api-key`, `Authorization: Bearer`")
async def test_a_key_comes_in_either_header(bench: Bench) -> None:
    async with AsyncAnthropic(base_url=bench.url, auth_token=bench.acme.ana.api_key, max_retries=0) as bearer:
        assert (await bearer.messages.create(**ASK)).stop_reason == "end_turn"
    async with AsyncAnthropic(base_url=bench.url, api_key="nobody", max_retries=0) as nobody:
        with pytest.raises(anthropic.AuthenticationError) as refused:
            await nobody.messages.create(**ASK)
    body: Any = refused.value.body
    assert (body["type"], body["error"]["type"]) == ("error", "authentication_error")
    assert body["request_id"] == refused.value.request_id


@pytest.mark.shows("Errors", "permission, unknown model, budget, overload: the SDK's own classes", "")
async def test_refusals_are_the_sdks_own_errors(claude: AsyncAnthropic, bench: Bench) -> None:
    with pytest.raises(anthropic.PermissionDeniedError):
        await claude.with_options(api_key=bench.acme.vera.api_key).messages.create(**ASK)
    with pytest.raises(anthropic.NotFoundError) as unknown:
        await claude.messages.create(**{**ASK, "model": "anthropic/nobody-knows-this"})
    assert unknown.value.body["error"]["details"]["error_code"] == "ai.unknown_model"  # type: ignore[index]
    bench.upstream.status = 503
    with pytest.raises(anthropic.OverloadedError):
        await claude.messages.create(**ASK)
    await set_for(bench.house.colophon, bench.acme, "ai.tenant_day_micros", 0)
    with pytest.raises(anthropic.RateLimitError):
        await claude.messages.create(**ASK)


@pytest.mark.shows("Errors", "a parameter that is not taken is refused by its name", "")
@pytest.mark.parametrize(
    "more", [{"top_k": 1}, {"thinking": {"type": "adaptive"}}, {"max_tokens": 0}, {"service_tier": "auto"}]
)
async def test_a_parameter_that_is_not_taken_is_refused(claude: AsyncAnthropic, more: dict[str, Any]) -> None:
    with pytest.raises(anthropic.BadRequestError) as refused:
        await claude.messages.create(**ASK, extra_body=more)
    body: Any = refused.value.body
    assert body["error"]["type"] == "invalid_request_error"
    assert body["error"]["message"].startswith(next(iter(more)))


@pytest.mark.shows(
    "Errors", "a stream that breaks after its first token ends with an error, which the SDK raises", "`stream`"
)
async def test_a_stream_that_breaks_is_raised(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.cut_after = 1
    text = ""
    async with claude.messages.stream(**ASK) as stream:
        with pytest.raises(anthropic.APIStatusError) as broken:  # noqa: PT012  # what came before it counts
            async for piece in stream.text_stream:
                text += piece
    assert text == "Four "
    assert broken.value.body["error"]["details"]["error_code"] == "ai.stream_broken"  # type: ignore[index]


@pytest.mark.shows("Models", "the list, and one of them", "`models.list()`, `models.retrieve()`")
async def test_models_are_read(claude: AsyncAnthropic) -> None:
    assert [model.id async for model in claude.models.list()][:3] == ["auto", "large", "small"]
    assert (await claude.models.retrieve(CLAUDE)).display_name == CLAUDE


async def test_every_error_under_the_path_is_in_the_envelope(bench: Bench) -> None:
    async with AsyncClient(base_url=bench.url, headers={"x-api-key": bench.acme.ana.api_key}) as http:
        answers = [
            await http.post("/v1/messages", content=b"{"),
            await http.post("/v1/messages", content=b" " * 40_000_000),
            await http.put("/v1/messages", json={}),
        ]
    for answer in answers:
        body = answer.json()
        assert body["type"] == "error", answer.status_code
        assert body["request_id"] == answer.headers["request-id"]
    assert [answer.status_code for answer in answers] == [400, 413, 405]
