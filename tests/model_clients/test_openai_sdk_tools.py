"""The stock openai SDK offers tools and asks for forms, whole and streamed; personal data never leaves."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageToolCallUnion

from tests.model_clients.asking import asking
from tests.model_clients.conftest import Bench
from tests.model_clients.said import ADA, ADA_SAID, MODEL, QUESTION, SCHEMA, WEATHER, Person

FORM: Any = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}}}  # fmt: skip

GIVEN = '{"to": "ana.lind@acme.example", "card": 4111111111111111}'


def asked(calls: list[ChatCompletionMessageToolCallUnion] | None) -> list[tuple[str, str, Any]]:
    return [(c.id, c.function.name, json.loads(c.function.arguments)) for c in calls or () if c.type == "function"]


@pytest.mark.shows("Tools", "a call of a tool, and the answer after it", "`tools`, `tool_calls`, role `tool`")
async def test_a_tool_is_asked_for_and_answered(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.events = asking(("call_1", "weather", '{"town": "Kyiv"}'))
    first = await gpt.chat.completions.create(model=MODEL, messages=QUESTION, tools=[WEATHER])
    message = first.choices[0].message
    assert (first.choices[0].finish_reason, message.content) == ("tool_calls", None)
    assert asked(message.tool_calls) == [("call_1", "weather", {"town": "Kyiv"})]
    bench.upstream.events = None
    again = [*QUESTION, message, {"role": "tool", "tool_call_id": "call_1", "content": "Sun."}]
    second = await gpt.chat.completions.create(model=MODEL, messages=again, tools=[WEATHER])
    assert second.choices[0].message.content == "Four weeks."
    sent = bench.upstream.received[1]["messages"]
    assert [m["role"] for m in sent] == ["user", "assistant", "tool"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "call_1"


@pytest.mark.shows("Tools", "several calls, streamed", "`stream`, `delta.tool_calls`")
async def test_calls_of_tools_stream_as_the_helper_expects(gpt: AsyncOpenAI, bench: Bench) -> None:
    calls = (("call_1", "weather", '{"town": "Kyiv"}'), ("call_2", "weather", '{"town": "Oslo"}'))
    bench.upstream.events = asking(*calls, text="I look.")
    async with gpt.chat.completions.stream(model=MODEL, messages=QUESTION, tools=[WEATHER]) as stream:
        done = await stream.get_final_completion()
    choice = done.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", "I look.")
    assert asked(list(choice.message.tool_calls or ())) == [(i, n, json.loads(a)) for i, n, a in calls]


@pytest.mark.shows("Tools", "which tool, and whether several at once", "`tool_choice`, `parallel_tool_calls`")
@pytest.mark.parametrize("choice", ["auto", "none", "required", {"type": "function", "function": {"name": "weather"}}])
async def test_the_choice_among_tools_reaches_the_model(gpt: AsyncOpenAI, bench: Bench, choice: Any) -> None:
    bench.upstream.events = asking(("call_1", "weather", '{"town": "Kyiv"}'), ("call_2", "weather", '{"town": "Oslo"}'))
    answer = await gpt.chat.completions.create(
        model=MODEL, messages=QUESTION, tools=[WEATHER], tool_choice=choice, parallel_tool_calls=False
    )
    assert bench.upstream.received[0]["tool_choice"] == choice
    assert len(answer.choices[0].message.tool_calls or ()) == 1


@pytest.mark.shows("Tools", "arguments that do not keep to a strict schema are repaired once", "`strict`")
async def test_arguments_that_do_not_fit_are_repaired(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.events = asking(("call_1", "weather", '{"city": 1}'))
    bench.upstream.later = [{"events": asking(("call_2", "weather", '{"town": "Kyiv"}'))}]
    answer = await gpt.chat.completions.create(model=MODEL, messages=QUESTION, tools=[WEATHER])
    assert asked(answer.choices[0].message.tool_calls) == [("call_2", "weather", {"town": "Kyiv"})]
    assert answer.model_extra is not None
    assert answer.model_extra["colophon"]["other_legs_micros"] > 0
    complaint = bench.upstream.received[1]["messages"][-1]
    assert (complaint["role"], complaint["tool_call_id"]) == ("tool", "call_1")
    assert "required" in complaint["content"]


@pytest.mark.shows("Tools", "arguments that never fit are not given, and the answer says so", "`refusal`")
async def test_arguments_that_never_fit_are_not_given(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.events = asking(("call_1", "weather", "not JSON"))
    message = (await gpt.chat.completions.create(model=MODEL, messages=QUESTION, tools=[WEATHER])).choices[0].message
    assert (message.tool_calls, message.content) == (None, None)
    assert message.refusal is not None


@pytest.mark.shows("Tools", "personal data in arguments and results is masked for the model and comes back", "")
async def test_personal_data_in_arguments_and_results_never_leaves(gpt: AsyncOpenAI, bench: Bench) -> None:
    mail: Any = {"type": "function", "function": {"name": "mail", "description": "Also to ana.lind@acme.example."}}
    bench.upstream.events = asking(("call_9", "mail", '{"to": "[EMAIL_1]"}'))
    answer = await gpt.chat.completions.create(
        model=MODEL,
        tools=[mail],
        messages=[
            {"role": "user", "content": "Write to ana.lind@acme.example."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "mail", "arguments": GIVEN},
                }],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "She is away; ask bo.ek@acme.example."},
            {"role": "user", "content": "Try again."},
        ],
    )  # fmt: skip
    assert not [secret for secret in ("ana.lind", "bo.ek", "4111111111111111") if secret in bench.upstream.prompts]
    assert json.loads(bench.upstream.received[0]["messages"][1]["tool_calls"][0]["function"]["arguments"])
    assert asked(answer.choices[0].message.tool_calls) == [("call_9", "mail", {"to": "ana.lind@acme.example"})]


@pytest.mark.shows("Forms", "an answer in the form of a class", "`chat.completions.parse()`, `response_format`")
async def test_an_answer_is_parsed_as_a_class(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.pieces = ADA_SAID
    answer = await gpt.chat.completions.parse(model=MODEL, messages=QUESTION, response_format=Person)
    assert answer.choices[0].message.parsed == Person(**ADA)
    assert bench.upstream.received[0]["response_format"]["json_schema"]["name"] == "Person"


@pytest.mark.shows("Forms", "the same, streamed: nothing is given before it was checked", "`chat.completions.stream()`")
async def test_a_form_is_streamed_once_it_is_checked(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.pieces, bench.upstream.later = ["{}"], [{"pieces": ADA_SAID}]
    async with gpt.chat.completions.stream(model=MODEL, messages=QUESTION, response_format=Person) as stream:
        done = await stream.get_final_completion()
    assert done.choices[0].message.parsed == Person(**ADA)


@pytest.mark.shows("Forms", "any JSON object", "`response_format: json_object`")
async def test_any_object_is_asked_for_in_words(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.pieces = ["```json\n", '{"free": true}', "\n```"]
    answer = await gpt.chat.completions.create(model=MODEL, messages=QUESTION, response_format={"type": "json_object"})
    assert answer.choices[0].message.content == '{"free": true}'
    assert "JSON" in bench.upstream.received[0]["messages"][0]["content"]


@pytest.mark.shows("Forms", "an answer that never fits is a refusal, and no content", "`refusal`")
@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_never_fits_is_a_refusal(gpt: AsyncOpenAI, bench: Bench, stream: bool) -> None:  # noqa: FBT001
    bench.upstream.pieces = ["I would rather talk."]
    if stream:
        async with gpt.chat.completions.stream(model=MODEL, messages=QUESTION, response_format=FORM) as events:
            message: Any = (await events.get_final_completion()).choices[0].message
    else:
        message = (
            (await gpt.chat.completions.create(model=MODEL, messages=QUESTION, response_format=FORM)).choices[0].message
        )
    assert not message.content
    assert "not in the form" in message.refusal


@pytest.mark.shows("Forms", "a schema that costs too much or leads elsewhere is refused", "`response_format`, `tools`")
async def test_a_schema_that_leads_elsewhere_is_refused(gpt: AsyncOpenAI, bench: Bench) -> None:
    elsewhere: Any = {"$ref": "https://example.com/schema"}
    for more in (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": elsewhere}}},
        {"tools": [{"type": "function", "function": {"name": "x", "parameters": elsewhere}}]},
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            await gpt.chat.completions.create(model=MODEL, messages=QUESTION, extra_body=more)
        assert refused.value.code == "ai.schema_refused"
    assert bench.upstream.received == []


@pytest.mark.shows("Errors", "tools and messages that do not go together are refused", "")
@pytest.mark.parametrize(
    "more",
    [
        {"tool_choice": "required"},
        {"tools": [WEATHER, WEATHER]},
        {"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "other"}}},
        {"messages": [{"role": "tool", "tool_call_id": "call_1", "content": "Sun."}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": "x", "tool_call_id": "call_1"}]},
        {"messages": [{"role": "assistant", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]}, *QUESTION]},
        {"tools": [{"type": "function", "function": {"name": "no spaces", "parameters": SCHEMA}}]},
    ],
)  # fmt: skip
async def test_what_does_not_go_together_is_refused(gpt: AsyncOpenAI, bench: Bench, more: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        await gpt.chat.completions.create(**{"model": MODEL, "messages": QUESTION, **more})
    assert bench.upstream.received == []
