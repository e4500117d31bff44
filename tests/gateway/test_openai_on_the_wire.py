"""The openai client against a server that sends what OpenAI, Azure and servers like them really send."""

from typing import Any

import pytest

from gateway.calls import FinishReason, Structure
from gateway.providers.openai_chat import OpenAiChat
from gateway.providers.port import Provider
from gateway.tokens import Tokens
from tests.gateway.provider_calls import AFTER_A_TOOL, PERSON, WEATHER, a_call, closing, said_by
from tests.support.model_server import ModelServer
from tests.support.wire import DONE, asks, chunk, counted, fragment, usage

END: list[dict[str, Any] | str] = [chunk(finish="stop"), counted(10, 2), DONE]


async def test_everything_that_is_asked_for_is_sent_in_openais_words(server: ModelServer, openai: Provider) -> None:
    await said_by(
        openai,
        a_call(
            turns=AFTER_A_TOOL,
            tools=(WEATHER,),
            tool_choice="weather",
            structure=PERSON,
            stop=("END",),
            temperature=0.5,
        ),
    )
    sent = server.received[0]
    assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "tool", "user"]
    assert sent["messages"][2]["tool_calls"] == [
        {"id": "call.1", "type": "function", "function": {"name": "weather", "arguments": '{"town": "Kyiv"}'}}
    ]
    assert sent["messages"][3] == {"role": "tool", "tool_call_id": "call.1", "content": "Sun."}
    assert sent["tools"][0]["function"]["name"] == "weather"
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "weather"}}
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert (sent["stop"], sent["temperature"], sent["max_completion_tokens"]) == (["END"], 0.5, 64)


async def test_a_schema_that_leaves_members_open_is_not_sent_as_strict(server: ModelServer, openai: Provider) -> None:
    open_schema = Structure(name="any", schema={"type": "object", "properties": {"a": {"type": "string"}}})
    await said_by(openai, a_call(structure=open_schema))
    assert server.received[0]["response_format"]["json_schema"]["strict"] is False


async def test_a_server_that_only_speaks_the_protocol_gets_its_older_words(
    server: ModelServer, compatible: Provider
) -> None:
    await said_by(compatible, a_call(structure=PERSON))
    assert server.received[0]["max_tokens"] == 64
    assert not {"max_completion_tokens", "response_format", "tools", "tool_choice", "stop"} & set(server.received[0])


async def test_azure_is_asked_under_its_deployment_and_version(server: ModelServer) -> None:
    azure = OpenAiChat(
        name="eu", kind="azure", api_key="az-1", base_url=server.url, azure_api_version="2025-04-01-preview"
    )
    server.events = [
        {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]},
        {"choices": [{"index": 0, "finish_reason": None, "content_filter_results": {}, "content_filter_offsets": {}}]},
        chunk("Four weeks.", role="assistant"),
        *END,
    ]
    async with closing(azure):
        said = await said_by(azure, a_call("house-gpt"))
    assert (said.text, said.end.tokens) == ("Four weeks.", Tokens(input=10, output=2))
    assert server.paths == ["/openai/deployments/house-gpt/chat/completions?api-version=2025-04-01-preview"]
    assert server.headers_received["api-key"] == "az-1"


TWO = [("weather", '{"town": "Kyiv"}'), ("weather", '{"town": "Lviv"}')]
KYIV, LVIV = TWO[0][1], TWO[1][1]


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(
            [
                asks(fragment("", index=0, id="a", name="weather")),
                asks(fragment(KYIV[:5], index=0)),
                asks(fragment("", index=1, id="b", name="weather")),
                asks(fragment(LVIV[:4], index=1), fragment(KYIV[5:], index=0)),
                asks(fragment(LVIV[4:], index=1)),
            ],
            id="as OpenAI sends them, side by side",
        ),
        pytest.param(
            [
                asks(fragment(KYIV[:5], index=0, id="a", name="weather")),
                asks(fragment(KYIV[5:], index=0, id="a", name="weather")),
                asks(fragment(LVIV[:5], index=1, id="b", name="weather")),
                asks(fragment(LVIV[5:], index=1, id="b", name="weather")),
            ],
            id="id and name in every fragment",
        ),
        pytest.param(
            [
                asks(fragment(KYIV[:5], id="a", name="weather")),
                asks(fragment(KYIV[5:])),
                asks(fragment(LVIV[:5], id="b", name="weather")),
                asks(fragment(LVIV[5:], id="b")),
            ],
            id="without numbers",
        ),
        pytest.param(
            [asks(fragment(KYIV, id="a", name="weather"), fragment(LVIV, id="b", name="weather"))],
            id="whole, without numbers",
        ),
        pytest.param(
            [
                asks(fragment(KYIV, index=0, id="a", name="weather")),
                asks(fragment(LVIV, index=0, id="b", name="weather")),
            ],
            id="whole, every one the first",
        ),
        pytest.param(
            [
                asks(
                    fragment({"town": "Kyiv"}, index=0, name="weather"),
                    fragment({"town": "Lviv"}, index=1, name="weather"),
                )
            ],
            id="whole, as objects and without ids",
        ),
        pytest.param(
            [
                asks(fragment("", id="a", name="weather"), fragment("", id="b", name="weather")),
                asks(fragment(KYIV[:6]), fragment(LVIV[:3])),
                asks(fragment(KYIV[6:]), fragment(LVIV[3:])),
            ],
            id="by their place alone",
        ),
    ],
)
@pytest.mark.parametrize("finish", ["tool_calls", "stop"])
async def test_tool_calls_come_whole_however_they_are_sent(
    server: ModelServer, compatible: Provider, chunks: list[dict[str, Any]], finish: str
) -> None:
    server.events = [*chunks, chunk(finish=finish), counted(10, 2), DONE]
    said = await said_by(compatible, a_call(tools=(WEATHER,)))
    assert said.asked == TWO
    assert said.end.finish_reason is FinishReason.TOOL_CALLS
    assert len({call.id for call in said.tools} - {""}) == 2


async def test_a_tool_call_that_the_length_cuts_off_is_not_given(server: ModelServer, openai: Provider) -> None:
    server.events = [
        asks(fragment(KYIV, index=0, id="a", name="weather"), fragment(LVIV[:5], index=1, id="b", name="weather")),
        chunk(finish="length"),
        counted(10, 2),
    ]
    said = await said_by(openai, a_call(tools=(WEATHER,)))
    assert (said.asked, said.end.finish_reason) == ([TWO[0]], FinishReason.LENGTH)


@pytest.mark.parametrize(
    ("told", "tokens"),
    [
        (usage(10, 5, prompt_tokens_details={"cached_tokens": 4, "cache_write_tokens": 3}),
         Tokens(input=3, cache_read=4, cache_write=3, output=5)),
        (usage(10, 5, prompt_tokens_details={"cached_tokens": 99}), Tokens(cache_read=10, output=5)),
        (usage(10, 5, completion_tokens_details={"reasoning_tokens": 3}), Tokens(input=10, output=2, reasoning=3)),
        (usage(10, 5, completion_tokens_details={"reasoning_tokens": 9}), Tokens(input=10, reasoning=5)),
        (usage(10, 5, total_tokens=24, completion_tokens_details={"reasoning_tokens": 9}),
         Tokens(input=10, output=5, reasoning=9)),
        (usage(10, 5, prompt_tokens_details=None, completion_tokens_details=None), Tokens(input=10, output=5)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["apart", "last choice", "every chunk"])
async def test_usage_is_read_into_disjoint_buckets_wherever_it_stands(
    server: ModelServer, openai: Provider, told: dict[str, Any], tokens: Tokens, where: str
) -> None:
    if where == "apart":
        server.events = [chunk("Yes.", usage=None), chunk(finish="stop", usage=None), {"choices": [], "usage": told}]
    elif where == "last choice":
        server.events = [chunk("Yes."), chunk(finish="stop", usage=told)]
    else:
        server.events = [chunk("Yes.", usage=usage(10, 1)), chunk(finish="stop", usage=told)]
    said = await said_by(openai, a_call())
    assert (said.end.told, said.end.tokens) == (True, tokens)


@pytest.mark.parametrize("told", [None, {}, usage(0, 0), usage(10, 0), usage(None, None)])
async def test_a_count_that_cannot_be_is_none(
    server: ModelServer, openai: Provider, told: dict[str, Any] | None
) -> None:
    server.events = [chunk("Yes."), chunk(finish="length", usage=told)]
    said = await said_by(openai, a_call())
    assert (said.end.told, said.end.finish_reason) == (False, FinishReason.LENGTH)


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("content_filter", FinishReason.DECLINED),
        ("tool_calls", FinishReason.STOP),
        ("never heard of", FinishReason.STOP),
    ],
)
async def test_ends_have_our_names(server: ModelServer, openai: Provider, finish: str, reason: FinishReason) -> None:
    server.events = [chunk("Yes."), chunk(finish=finish), counted(10, 2)]
    assert (await said_by(openai, a_call())).end.finish_reason is reason


async def test_a_refusal_is_text_and_said_to_be_one(server: ModelServer, openai: Provider) -> None:
    server.events = [chunk(refusal="I will "), chunk(refusal="not."), *END]
    said = await said_by(openai, a_call())
    assert (said.text, said.end.finish_reason) == ("I will not.", FinishReason.DECLINED)
