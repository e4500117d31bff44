"""The stock openai SDK asks for text: what it may set, how it streams, how it is refused."""

import openai
import pytest
from openai import AsyncOpenAI

from tests.gateway.test_calling_a_model import set_for
from tests.model_clients.conftest import Bench, calls_in_the_log
from tests.model_clients.said import MODEL, QUESTION


@pytest.mark.shows("Text", "an answer, whole", "`model`, `messages`")
async def test_an_answer_comes_whole(gpt: AsyncOpenAI) -> None:
    answer = await gpt.chat.completions.create(model=MODEL, messages=QUESTION)
    assert answer.choices[0].message.content == "Four weeks."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (10, 2)


@pytest.mark.shows("Text", "an answer, streamed, with its usage", "`stream`, `stream_options`")
async def test_an_answer_streams_with_its_usage(gpt: AsyncOpenAI) -> None:
    stream = await gpt.chat.completions.create(
        model=MODEL, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Four weeks."
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 12


@pytest.mark.shows("Text", "the SDK's own stream helper", "`chat.completions.stream()`")
async def test_the_stream_helper_gathers_an_answer(gpt: AsyncOpenAI) -> None:
    async with gpt.chat.completions.stream(model=MODEL, messages=QUESTION) as stream:
        done = await stream.get_final_completion()
    assert done.choices[0].message.content == "Four weeks."


@pytest.mark.shows(
    "Text", "length, temperature and ends", "`max_completion_tokens`, `max_tokens`, `temperature`, `stop`"
)
async def test_length_temperature_and_ends_reach_the_model(gpt: AsyncOpenAI, bench: Bench) -> None:
    await gpt.chat.completions.create(
        model=MODEL, messages=QUESTION, max_completion_tokens=40, temperature=0.5, stop=["END", "FIN"]
    )
    await gpt.chat.completions.create(model=MODEL, messages=QUESTION, max_tokens=30, stop="END")
    first, second = bench.upstream.received
    assert (first["max_completion_tokens"], first["temperature"], first["stop"]) == (40, 0.5, ["END", "FIN"])
    assert (second["max_completion_tokens"], second["stop"]) == (30, ["END"])


@pytest.mark.shows("Text", "all roles, and parts of text", "`messages`")
async def test_all_roles_and_parts_of_text_are_read(gpt: AsyncOpenAI, bench: Bench) -> None:
    await gpt.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
            {"role": "user", "content": [{"type": "text", "text": "How "}, {"type": "text", "text": "long?"}]},
            {"role": "assistant", "content": "A while."},
            {"role": "user", "content": "How long exactly?"},
        ],
    )
    said = [(message["role"], message["content"]) for message in bench.upstream.received[0]["messages"]]
    assert said == [
        ("system", "Be brief."),
        ("system", "Be kind."),
        ("user", "How long?"),
        ("assistant", "A while."),
        ("user", "How long exactly?"),
    ]


@pytest.mark.shows("Text", "`user` and `safety_identifier` are taken, and go nowhere", "`user`, `safety_identifier`")
async def test_whom_an_application_asks_for_goes_nowhere(gpt: AsyncOpenAI, bench: Bench) -> None:
    await gpt.chat.completions.create(model=MODEL, messages=QUESTION, user="u-4711", safety_identifier="s-4711")
    assert "4711" not in bench.upstream.prompts


@pytest.mark.shows("Cost", "tags in metadata and in a header", "`metadata`, `X-Colophon-Tags`")
async def test_tags_are_in_the_ledger_with_the_endpoint(gpt: AsyncOpenAI, bench: Bench) -> None:
    answer = await gpt.chat.completions.create(
        model=MODEL,
        messages=QUESTION,
        metadata={"order": "4711"},
        extra_headers={"X-Colophon-Tags": "customer=caf%C3%A9, lead=7"},
    )
    assert answer.model_extra is not None
    assert answer.model_extra["colophon"]["tags"] == {"customer": "café", "lead": "7", "order": "4711"}
    assert [call.endpoint for call in await calls_in_the_log(bench)] == ["/v1/chat/completions"]


@pytest.mark.shows(
    "Cost", "tags that are none are refused, by the name of their parameter", "`metadata`, `X-Colophon-Tags`"
)
@pytest.mark.parametrize(
    "metadata",
    [{"Order": "1"}, {"a" * 41: "1"}, {"order": "x" * 101}, {"order": "1\n2"}, {f"k{n}": "v" for n in range(11)}],
    ids=["upper case", "long key", "long value", "two lines", "eleven"],
)
async def test_tags_that_are_none_are_refused(gpt: AsyncOpenAI, bench: Bench, metadata: dict[str, str]) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await gpt.chat.completions.create(model=MODEL, messages=QUESTION, metadata=metadata)
    assert (refused.value.code, refused.value.param) == ("ai.tags_refused", "metadata")
    with pytest.raises(openai.BadRequestError) as refused:
        await gpt.chat.completions.create(model=MODEL, messages=QUESTION, extra_headers={"X-Colophon-Tags": "alone"})
    assert refused.value.param == "X-Colophon-Tags"
    assert bench.upstream.received == []


@pytest.mark.shows(
    "Cost", "an answer that was given before, and headers that say so", "`Cache-Control`, `Cache-Status`, `Age`"
)
async def test_an_answer_is_given_again_unless_the_caller_wants_a_new_one(gpt: AsyncOpenAI, bench: Bench) -> None:
    await set_for(bench.house.colophon, bench.acme, "ai.cache_seconds", 300)
    told = []
    for wish in ("no-store", "no-cache", "max-age=60", ""):
        headers = {"Cache-Control": wish} if wish else {}
        raw = await gpt.chat.completions.with_raw_response.create(
            model=MODEL, messages=QUESTION, extra_headers=headers, stream=wish == ""
        )
        told.append((raw.headers["cache-status"], "age" in raw.headers))
    assert told == [
        ("colophon; fwd=bypass", False),
        ("colophon; fwd=request", False),
        ("colophon; hit", True),
        ("colophon; hit", True),
    ]
    assert len(bench.upstream.received) == 2


@pytest.mark.shows("Errors", "a parameter that is not taken is refused by its name", "")
@pytest.mark.parametrize("parameter", [{"logprobs": True}, {"n": 2}, {"seed": 1}, {"top_p": 0.5}, {"store": True}])
async def test_a_parameter_that_is_not_taken_is_refused(gpt: AsyncOpenAI, parameter: dict[str, object]) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await gpt.chat.completions.create(model=MODEL, messages=QUESTION, extra_body=parameter)
    assert refused.value.param == next(iter(parameter))


@pytest.mark.shows(
    "Errors", "a stream that breaks after its first token ends with an error, which the SDK raises", "`stream`"
)
async def test_a_stream_that_breaks_is_raised(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.cut_after = 1
    text = ""
    stream = await gpt.chat.completions.create(model=MODEL, messages=QUESTION, stream=True)
    with pytest.raises(openai.APIError) as broken:  # noqa: PT012  # what came before it counts
        async for chunk in stream:
            text += chunk.choices[0].delta.content or "" if chunk.choices else ""
    assert text == "Four "
    assert broken.value.code == "ai.stream_broken"


@pytest.mark.shows("Errors", "an answer that breaks off is no whole one", "")
async def test_half_an_answer_is_no_whole_one(gpt: AsyncOpenAI, bench: Bench) -> None:
    bench.upstream.cut_after = 1
    with pytest.raises(openai.InternalServerError) as broken:
        await gpt.chat.completions.create(model=MODEL, messages=QUESTION)
    assert (broken.value.status_code, broken.value.code) == (502, "ai.stream_broken")


@pytest.mark.shows("Errors", "authentication, permission, unknown model, budget: the SDK's own classes", "")
async def test_refusals_are_the_sdks_own_errors(gpt: AsyncOpenAI, bench: Bench) -> None:
    with pytest.raises(openai.AuthenticationError):
        await gpt.with_options(api_key="nobody").chat.completions.create(model=MODEL, messages=QUESTION)
    with pytest.raises(openai.PermissionDeniedError):
        await gpt.with_options(api_key=bench.acme.vera.api_key).chat.completions.create(model=MODEL, messages=QUESTION)
    with pytest.raises(openai.NotFoundError):
        await gpt.chat.completions.create(model="openai/nobody-knows-this", messages=QUESTION)
    await set_for(bench.house.colophon, bench.acme, "ai.tenant_day_micros", 0)
    with pytest.raises(openai.RateLimitError) as refused:
        await gpt.chat.completions.create(model=MODEL, messages=QUESTION)
    assert refused.value.code == "ai.budget_exceeded"


@pytest.mark.shows("Models", "the list, with capabilities, price and owner", "`models.list()`")
async def test_models_tell_what_they_can_and_cost(gpt: AsyncOpenAI, bench: Bench) -> None:
    await set_for(bench.house.colophon, bench.acme, "ai.route.small", [MODEL, "local/extractive"])
    models = {model.id: model async for model in gpt.models.list()}
    assert list(models)[:3] == ["auto", "large", "small"]
    hosted, local = models[MODEL], models["local/extractive"]
    assert (hosted.owned_by, local.owned_by, models["auto"].owned_by) == ("openai", "local", "colophon")
    facts = hosted.model_extra["colophon"] if hosted.model_extra else {}
    assert facts["capabilities"]["tools"] is True
    assert facts["price_micros_per_million_tokens"]["output"] > 0
    assert facts["currency"] == "USD"
    assert facts["offline"] is False


@pytest.mark.shows("Models", "one of them, by its name", "`models.retrieve()`")
async def test_one_model_is_read_by_its_name(gpt: AsyncOpenAI) -> None:
    assert (await gpt.models.retrieve(MODEL)).id == MODEL
    assert (await gpt.models.retrieve("auto")).owned_by == "colophon"
    with pytest.raises(openai.NotFoundError):
        await gpt.models.retrieve("openai/nobody-knows-this")


@pytest.mark.shows(
    "Embeddings", "vectors, with tags", "`embeddings.create()`: `input`, `dimensions`, `encoding_format`"
)
async def test_vectors_are_made_and_their_cost_is_tagged(gpt: AsyncOpenAI, bench: Bench) -> None:
    made = await gpt.embeddings.create(
        model="openai/text-embedding-3-small",
        input=["one", "three"],
        dimensions=4,
        extra_headers={"X-Colophon-Tags": "order=4711"},
    )
    assert [vector.embedding for vector in made.data] == [[3.0] * 4, [5.0] * 4]
    (call,) = await calls_in_the_log(bench)
    assert (call.endpoint, call.tags) == ("/v1/embeddings", (("order", "4711"),))
