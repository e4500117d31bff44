"""The stock anthropic SDK offers tools and asks for forms, whole and streamed; personal data never leaves."""

from typing import Any

import anthropic
import pytest
from anthropic import AsyncAnthropic

from tests.model_clients.asking import asking
from tests.model_clients.conftest import Bench
from tests.model_clients.said import ADA, ADA_SAID, CLAUDE, MODEL, QUESTION, SCHEMA, Person
from tests.support.wire import message_end, message_start, text_block, tool_block

WEATHER: Any = {"name": "weather", "description": "How the weather is.", "input_schema": SCHEMA}
ASK: Any = {"model": CLAUDE, "max_tokens": 64, "messages": QUESTION, "tools": [WEATHER]}


def asks(*pieces: str, text: str = "I look.") -> list[Any]:
    """What a model of Anthropic's sends that asks for the weather."""
    start = message_start({"input_tokens": 10, "output_tokens": 0})
    blocks = [*text_block(text), *tool_block("toolu_1", "weather", *pieces, index=1)]
    return [start, *blocks, *message_end("tool_use", {"output_tokens": 2})]


@pytest.mark.shows("Tools", "a call of a tool, and the answer after it", "`tools`, blocks `tool_use` and `tool_result`")
async def test_a_tool_is_asked_for_and_answered(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.events = asks('{"town": ', '"Kyiv"}')
    first = await claude.messages.create(**ASK)
    assert first.stop_reason == "tool_use"
    said, asked = first.content
    assert (said.type, said.text if said.type == "text" else "") == ("text", "I look.")
    assert asked.type == "tool_use"
    assert (asked.id, asked.name, asked.input) == ("toolu_1", "weather", {"town": "Kyiv"})
    bench.upstream.events = None
    result = {"type": "tool_result", "tool_use_id": asked.id, "content": [{"type": "text", "text": "Sun."}]}
    again = [*QUESTION, first.to_param(), {"role": "user", "content": [result, {"type": "text", "text": "And?"}]}]
    second = await claude.messages.create(**{**ASK, "messages": again})
    assert second.stop_reason == "end_turn"
    sent = bench.upstream.received[1]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert [block["type"] for block in sent[1]["content"]] == ["text", "tool_use"]
    assert [block["type"] for block in sent[2]["content"]] == ["tool_result", "text"]


@pytest.mark.shows("Tools", "a call, streamed", "`messages.stream()`, `input_json_delta`")
async def test_a_call_of_a_tool_streams(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.events = asks('{"town": ', '"Kyiv"}')
    async with claude.messages.stream(**ASK) as stream:
        message = await stream.get_final_message()
    assert [block.type for block in message.content] == ["text", "tool_use"]
    assert message.content[1].input == {"town": "Kyiv"}  # type: ignore[union-attr]
    assert message.stop_reason == "tool_use"


@pytest.mark.shows("Tools", "which tool", "`tool_choice`")
@pytest.mark.parametrize(
    "choice", [{"type": "auto"}, {"type": "none"}, {"type": "any"}, {"type": "tool", "name": "weather"}]
)
async def test_the_choice_among_tools_reaches_the_model(claude: AsyncAnthropic, bench: Bench, choice: Any) -> None:
    await claude.messages.create(**ASK, tool_choice=choice)
    sent = bench.upstream.received[0]["tool_choice"]
    assert {key: sent.get(key) for key in choice} == choice


@pytest.mark.shows("Tools", "a model of OpenAI's is offered them in the same way", "`tools`")
async def test_a_model_of_openais_is_offered_tools(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.events = asking(("call_1", "weather", '{"town": "Kyiv"}'))
    message = await claude.messages.create(**{**ASK, "model": MODEL})
    (asked,) = message.content
    assert asked.type == "tool_use"
    assert asked.input == {"town": "Kyiv"}


@pytest.mark.shows("Tools", "personal data in inputs and results is masked for the model and comes back", "")
async def test_personal_data_in_inputs_and_results_never_leaves(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.events = asks('{"town": "[EM', 'AIL_1]"}', text="To [EMAIL_2].")
    use = {"type": "tool_use", "id": "toolu_0", "name": "weather", "input": {"town": "ana.lind@acme.example"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_0", "content": "bo.ek@acme.example", "is_error": True}
    turns = [*QUESTION, {"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    message = await claude.messages.create(**{**ASK, "messages": turns})
    assert "ana.lind" not in bench.upstream.prompts
    assert "bo.ek" not in bench.upstream.prompts
    said, asked = message.content
    assert said.type == "text"
    assert said.text == "To bo.ek@acme.example."
    assert asked.type == "tool_use"
    assert asked.input == {"town": "ana.lind@acme.example"}


@pytest.mark.shows("Forms", "an answer in the form of a class", "`messages.parse()`, `output_config.format`")
async def test_an_answer_is_parsed_as_a_class(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.pieces, bench.upstream.later = ["{}"], [{"pieces": ADA_SAID}]
    message = await claude.messages.parse(model=CLAUDE, max_tokens=64, messages=QUESTION, output_format=Person)
    assert message.parsed_output == Person(**ADA)


@pytest.mark.shows("Forms", "an answer that never fits is a refusal", "`stop_reason`")
async def test_an_answer_that_never_fits_is_a_refusal(claude: AsyncAnthropic, bench: Bench) -> None:
    bench.upstream.pieces = ["I would rather talk."]
    form: Any = {"format": {"type": "json_schema", "schema": SCHEMA}}
    message = await claude.messages.create(model=CLAUDE, max_tokens=64, messages=QUESTION, output_config=form)
    assert (message.content, message.stop_reason) == ([], "refusal")
    assert message.stop_details is not None
    assert "not in the form" in (message.stop_details.explanation or "")


@pytest.mark.shows("Errors", "tools and blocks that do not go together are refused", "")
@pytest.mark.parametrize(
    "more",
    [
        {"tool_choice": {"type": "tool", "name": "other"}},
        {"tools": [WEATHER, WEATHER]},
        {"tools": [{**WEATHER, "input_schema": {"$ref": "https://example.com/"}}]},
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]},
    ],
)
async def test_what_does_not_go_together_is_refused(claude: AsyncAnthropic, bench: Bench, more: dict[str, Any]) -> None:
    with pytest.raises(anthropic.BadRequestError):
        await claude.messages.create(**{**ASK, **more})
    assert bench.upstream.received == []
