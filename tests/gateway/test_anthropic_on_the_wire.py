"""The anthropic client against a server that sends what Anthropic really sends."""

from typing import Any

import pytest

from gateway.calls import FinishReason, Speaker, Structure, ToolCall, Turn
from gateway.providers.port import FailureKind, Provider, ProviderFailed
from gateway.refusals import NotInItsPower
from gateway.tokens import Tokens
from tests.gateway.provider_calls import AFTER_A_TOOL, PERSON, QUESTION, WEATHER, a_call, said_by
from tests.support.model_server import ModelServer
from tests.support.wire import PING, message_end, message_start, text_block, thinking_block, tool_block

MODEL = "claude-haiku-4-5"
START = message_start({"input_tokens": 10, "output_tokens": 1})
KYIV, LVIV = '{"town": "Kyiv"}', '{"town": "Lviv"}'


async def test_everything_that_is_asked_for_is_sent_in_anthropics_words(
    server: ModelServer, anthropic: Provider
) -> None:
    wish = a_call(MODEL, turns=AFTER_A_TOOL, tools=(WEATHER,), tool_choice="required", structure=PERSON, stop=("END",))
    await said_by(anthropic, wish)
    sent = server.received[0]
    assert sent["system"] == "Be brief."
    asked = {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"town": "Kyiv"}}
    assert sent["messages"][1] == {"role": "assistant", "content": [{"type": "text", "text": "I look."}, asked]}
    answered = {"type": "tool_result", "tool_use_id": "call_1", "content": "Sun."}
    assert sent["messages"][2] == {"role": "user", "content": [answered, {"type": "text", "text": "And now?"}]}
    assert (sent["tool_choice"], sent["stop_sequences"]) == ({"type": "any"}, ["END"])
    assert sent["tools"][0]["input_schema"]["required"] == ["town"]
    assert sent["output_config"]["format"]["type"] == "json_schema"
    assert sent["output_config"]["format"]["schema"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("choice", "sent"),
    [("auto", {"type": "auto"}), ("none", {"type": "none"}), ("weather", {"type": "tool", "name": "weather"})],
)
async def test_a_choice_of_tools_is_sent(
    server: ModelServer, anthropic: Provider, choice: str, sent: dict[str, str]
) -> None:
    await said_by(anthropic, a_call(MODEL, tools=(WEATHER,), tool_choice=choice))
    assert server.received[0]["tool_choice"] == sent


async def test_a_conversation_that_used_tools_goes_on_without_them(server: ModelServer, anthropic: Provider) -> None:
    await said_by(anthropic, a_call(MODEL, turns=AFTER_A_TOOL))
    assert [tool["name"] for tool in server.received[0]["tools"]] == ["weather"]
    assert server.received[0]["tool_choice"] == {"type": "none"}


async def test_what_two_tools_answered_comes_in_one_message(server: ModelServer, anthropic: Provider) -> None:
    calls = (ToolCall(id="a", name="weather", arguments=KYIV), ToolCall(id="b", name="weather", arguments="no JSON"))
    turns = (*QUESTION, Turn(Speaker.ASSISTANT, "", calls), Turn(Speaker.TOOL, "1", tool_call_id="a"))
    await said_by(anthropic, a_call(MODEL, turns=(*turns, Turn(Speaker.TOOL, "2", tool_call_id="b")), tools=(WEATHER,)))
    _, asked, answered = server.received[0]["messages"]
    assert [block["input"] for block in asked["content"]] == [{"town": "Kyiv"}, {"arguments": "no JSON"}]
    assert [block["tool_use_id"] for block in answered["content"]] == ["a", "b"]


async def test_a_schema_is_sent_to_a_model_that_keeps_to_it(server: ModelServer, anthropic: Provider) -> None:
    for model in ("claude-opus-5", "claude-sonnet-4-2"):
        await said_by(anthropic, a_call(model, structure=PERSON))
    assert ["output_config" in sent for sent in server.received] == [True, False]


async def test_a_schema_that_the_client_cannot_rewrite_is_sent_as_it_is(
    server: ModelServer, anthropic: Provider
) -> None:
    schema = {"type": ["object", "null"], "properties": {}}
    await said_by(anthropic, a_call(MODEL, structure=Structure(name="any", schema=schema)))
    assert server.received[0]["output_config"]["format"]["schema"] == schema


@pytest.mark.parametrize("differences", [{"temperature": 0.5}, {"stop": ("\n",)}])
async def test_what_the_protocol_does_not_take_is_not_dropped(
    server: ModelServer, anthropic: Provider, differences: dict[str, Any]
) -> None:
    with pytest.raises(NotInItsPower):
        await said_by(anthropic, a_call(MODEL, **differences))
    assert server.received == []


async def test_tool_calls_are_put_together_beside_thoughts_and_text(server: ModelServer, anthropic: Provider) -> None:
    server.events = [
        START,
        PING,
        *thinking_block("Hm, ", "the weather.", index=0),
        *text_block("I look.", index=1),
        *tool_block("a", "weather", KYIV[:4], KYIV[4:], index=2),
        PING,
        *tool_block("b", "weather", index=3, given={"town": "Lviv"}),
        *tool_block("c", "clock", "", index=4),
        *message_end("tool_use", {"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 4}}),
    ]
    said = await said_by(anthropic, a_call(MODEL, tools=(WEATHER,)))
    assert said.text == "I look."
    assert said.asked == [("weather", KYIV), ("weather", LVIV), ("clock", "{}")]
    assert [call.id for call in said.tools] == ["a", "b", "c"]
    assert said.end.finish_reason is FinishReason.TOOL_CALLS
    assert said.end.tokens == Tokens(input=10, output=5, reasoning=4)


async def test_a_tool_call_that_the_length_cuts_off_is_not_given(server: ModelServer, anthropic: Provider) -> None:
    server.events = [
        START,
        *tool_block("a", "weather", KYIV[:4], index=0),
        *message_end("max_tokens", {"output_tokens": 9}),
    ]
    said = await said_by(anthropic, a_call(MODEL, tools=(WEATHER,)))
    assert (said.asked, said.end.finish_reason) == ([], FinishReason.LENGTH)


@pytest.mark.parametrize(
    ("before", "after", "tokens"),
    [
        ({"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 3},
         {"output_tokens": 5}, Tokens(input=10, cache_read=4, cache_write=3, output=5)),
        ({"input_tokens": 10, "output_tokens": 1},
         {"input_tokens": 12, "output_tokens": 5, "cache_read_input_tokens": 2},
         Tokens(input=12, cache_read=2, output=5)),
        (None, {"input_tokens": 12, "output_tokens": 5}, Tokens(input=12, output=5)),
        ({"input_tokens": 10, "output_tokens": 1}, {"input_tokens": None, "output_tokens": 5},
         Tokens(input=10, output=5)),
        ({"input_tokens": 10, "output_tokens": 1},
         {"output_tokens": 5, "output_tokens_details": {"thinking_tokens": 99}}, Tokens(input=10, reasoning=5)),
    ],
)  # fmt: skip
async def test_later_counts_replace_earlier_ones(
    server: ModelServer,
    anthropic: Provider,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    tokens: Tokens,
) -> None:
    first, stop = message_end("end_turn", after)
    # Counts are of the whole so far, and there may be several.
    server.events = [
        message_start(before),
        *text_block("Yes."),
        message_end(None, {"output_tokens": 3})[0],
        first,
        stop,
    ]
    said = await said_by(anthropic, a_call(MODEL))
    assert (said.end.told, said.end.tokens) == (True, tokens)


@pytest.mark.parametrize("after", [None, {"output_tokens": 0}])
async def test_a_count_that_cannot_be_is_none(
    server: ModelServer, anthropic: Provider, after: dict[str, Any] | None
) -> None:
    server.events = [message_start(None), *text_block("Yes."), *message_end("end_turn", after)]
    assert not (await said_by(anthropic, a_call(MODEL))).end.told


@pytest.mark.parametrize(
    ("stop_reason", "reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("pause_turn", FinishReason.LENGTH),
        ("refusal", FinishReason.DECLINED),
    ],
)
async def test_ends_have_our_names(
    server: ModelServer, anthropic: Provider, stop_reason: str, reason: FinishReason
) -> None:
    server.events = [START, *text_block("Yes."), *message_end(stop_reason, {"output_tokens": 2})]
    assert (await said_by(anthropic, a_call(MODEL))).end.finish_reason is reason


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("overloaded_error", FailureKind.UNAVAILABLE),
        ("rate_limit_error", FailureKind.RATE_LIMITED),
        ("api_error", FailureKind.UNAVAILABLE),
        ("invalid_request_error", FailureKind.REFUSED),
    ],
)
async def test_an_error_after_a_status_of_200_is_told(
    server: ModelServer, anthropic: Provider, error: str, kind: FailureKind
) -> None:
    server.events = [START, {"type": "error", "error": {"type": error, "message": "told to"}}]
    with pytest.raises(ProviderFailed) as failure:
        await said_by(anthropic, a_call(MODEL))
    assert failure.value.kind is kind


async def test_a_stream_that_ends_without_its_end_was_cut(server: ModelServer, anthropic: Provider) -> None:
    server.events = [START, *text_block("Yes.")]
    with pytest.raises(ProviderFailed):
        await said_by(anthropic, a_call(MODEL))


async def test_an_overloaded_server_is_asked_once_and_left_for_as_long_as_it_says(
    server: ModelServer, anthropic: Provider
) -> None:
    server.status, server.headers = 529, {"Retry-After": "3"}
    with pytest.raises(ProviderFailed) as failure:
        await said_by(anthropic, a_call(MODEL))
    assert (failure.value.kind, failure.value.retry_after_seconds) == (FailureKind.UNAVAILABLE, 3)
    assert len(server.received) == 1
