"""The stock openai SDK asks for vectors: by the local model or a hosted one, paid, masked, and refused by name."""

import openai
import pytest
from openai import AsyncOpenAI

from api import traces
from app.bootstrap import Colophon
from app.web import create_app
from domain.ai.steps import ATTEMPT
from gateway.embeddings import LOCAL_NAME
from projections.ai_calls_seen import CallFilter
from tests.gateway.test_calling_a_model import ledger_micros, set_for, spent_and_held
from tests.gateway.test_providers_over_the_wire import House, house  # noqa: F401  # a fixture
from tests.openai_api.test_chat_completions import sdk
from tests.support.waiting import until
from tests.support.world import Tenant, serve

TEXTS = ["The calibration takes four weeks.", "How long does it take to calibrate?", "Bananas are yellow."]


def alike(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_nobody_and_viewers_get_no_vectors(server_url: str, acme: Tenant) -> None:
    async with AsyncOpenAI(base_url=f"{server_url}/v1", api_key="nobody", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.embeddings.create(model=LOCAL_NAME, input=TEXTS)
    async with sdk(server_url, acme.vera) as client:
        with pytest.raises(openai.PermissionDeniedError):
            await client.embeddings.create(model=LOCAL_NAME, input=TEXTS)


async def test_vectors_come_in_order_in_both_encodings_and_are_paid(
    server_url: str, colophon: Colophon, acme: Tenant
) -> None:
    async with sdk(server_url, acme.ana) as client:
        # The SDK asks for base64 unless it is told otherwise.
        made = await client.embeddings.create(model=LOCAL_NAME, input=TEXTS)
        first, second, third = [row.embedding for row in made.data]
        assert [len(first), len(second), len(third)] == [384] * 3
        assert alike(first, first) == pytest.approx(1, abs=1e-3)
        assert alike(first, second) > alike(first, third)
        assert made.usage.prompt_tokens == made.usage.total_tokens > 0
        cost = await ledger_micros(colophon, acme.ana)
        assert made.model_extra is not None
        assert made.model_extra["colophon"]["cost_micros"] == cost
        assert cost > 0
        assert await spent_and_held(colophon, acme.ana) == [(cost, 0)] * 3
        plain = await client.embeddings.create(model=LOCAL_NAME, input=TEXTS[0], encoding_format="float")
        assert plain.data[0].embedding == pytest.approx(first, abs=1e-6)
        assert LOCAL_NAME in [model.id async for model in client.models.list()]


async def test_what_is_not_supported_is_refused_by_name(server_url: str, acme: Tenant) -> None:
    async with sdk(server_url, acme.ana) as client:
        for wish, param in (
            ({"input": "a text", "dimensions": 100}, "dimensions"),
            ({"input": "a text", "user": "somebody"}, "user"),
            ({"input": "word " * 300}, "input"),
        ):
            with pytest.raises(openai.BadRequestError) as refused:
                await client.embeddings.create(model=LOCAL_NAME, **wish)
            assert refused.value.param == param
        for empty in ("", [], [[1, 2, 3]], ["x"] * 257):
            with pytest.raises(openai.BadRequestError) as refused:
                await client.embeddings.create(model=LOCAL_NAME, input=empty)
            assert str(refused.value.param).startswith("input")
        for model in ("local/other", "nobody/knows", "minilm"):
            with pytest.raises(openai.NotFoundError) as missing:
                await client.embeddings.create(model=model, input="a text")
            assert missing.value.param == "model"


async def test_without_money_or_switched_off_there_are_no_vectors(
    server_url: str, colophon: Colophon, acme: Tenant
) -> None:
    async with sdk(server_url, acme.ana) as client:
        await set_for(colophon, acme, "ai.tenant_day_micros", 0)
        with pytest.raises(openai.RateLimitError) as refused:
            await client.embeddings.create(model=LOCAL_NAME, input=TEXTS)
        assert refused.value.code == "ai.budget_exceeded"
        await set_for(colophon, acme, "ai.enabled", value=False)
        with pytest.raises(openai.PermissionDeniedError) as off:
            await client.embeddings.create(model=LOCAL_NAME, input=TEXTS)
        assert off.value.code == "ai.switched_off"
    assert await ledger_micros(colophon, acme.ana) == 0


async def test_a_hosted_model_is_passed_what_it_may_know(house: House) -> None:  # noqa: F811
    model = "openai/text-embedding-3-small"
    async with serve(create_app(house.colophon)) as url, sdk(url, house.acme.ana) as client:
        made = await client.embeddings.create(model=model, input=["Write to ana@example.com now"], dimensions=8)
        assert len(made.data[0].embedding) == 8
        assert house.first.received[0]["model"] == "text-embedding-3-small"
        assert "ana@example.com" not in house.first.prompts
        # its own count at its published price: 10 tokens at 0.02 USD a million
        assert await ledger_micros(house.colophon, house.acme.ana) == 1
        house.first.status = 503
        with pytest.raises(openai.InternalServerError) as away:
            await client.embeddings.create(model=model, input="x")
        assert away.value.code == "ai.providers_unavailable"
    assert (await spent_and_held(house.colophon, house.acme.ana))[1] == (1, 0)


async def test_every_text_is_moderated_before_it_leaves_and_attempts_are_told(house: House) -> None:  # noqa: F811
    colophon, acme, model = house.colophon, house.acme, "openai/text-embedding-3-small"
    await set_for(colophon, acme, "ai.moderation_models", ["openai/omni-moderation-latest"])
    await set_for(colophon, acme, "ai.moderation_prompt", "block")
    long = ["word " * 4_000, "word " * 4_000, "and then a dagger"]
    async with serve(create_app(colophon)) as url, sdk(url, acme.ana) as client:
        for texts in (["fine", "what a fucking mess"], long):
            with pytest.raises(openai.UnprocessableEntityError) as blocked:
                await client.embeddings.create(model=model, input=texts)
            assert blocked.value.code == "ai.prompt_blocked"
        assert house.first.received == []
        assert max(map(len, house.first.moderated)) <= 30_000
        await set_for(colophon, acme, "ai.moderation", value=False)
        await client.embeddings.create(model=model, input=texts)
        house.first.status = 503
        with pytest.raises(openai.InternalServerError):
            await client.embeddings.create(model=model, input="x")
    platform, wanted = colophon.platform, CallFilter(purpose="embedding")

    async def told() -> list[traces.Traced]:
        return await traces.trace_page(platform, acme.otto.context, wanted, first=9, before_position=None)

    cards = [one.card for one in await until(told, lambda found: len(found) == 4)]
    assert sorted((card.outcome, card.code, card.stage) for card in cards) == [
        ("answered", "", ""),
        ("failed", "ai.providers_unavailable", ""),
        ("refused", "ai.prompt_blocked", "moderated"),
        ("refused", "ai.prompt_blocked", "moderated"),
    ]
    found = {card.outcome: await traces.trace(platform, acme.otto.context, card.call_id) for card in cards}
    attempts = {
        outcome: [(step.name, step.outcome) for step in one.fact.steps if step.kind == ATTEMPT]
        for outcome, one in found.items()
    }
    assert attempts == {"answered": [(model, "answered")], "failed": [(model, "unavailable")], "refused": []}
