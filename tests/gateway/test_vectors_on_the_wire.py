"""Vectors of hosted models: in the order of the texts, counted whoever counts, or a failure that is told."""

from typing import Any

import pytest

from gateway.providers.openai_chat import OpenAiChat
from gateway.providers.port import FailureKind, ProviderFailed
from tests.gateway.provider_calls import closing
from tests.support.model_server import ModelServer

TEXTS = ["first text", "second"]


def rows(*found: tuple[int, list[float]]) -> list[dict[str, Any]]:
    return [{"object": "embedding", "index": index, "embedding": vector} for index, vector in found]


async def test_azure_is_asked_under_its_deployment(server: ModelServer) -> None:
    azure = OpenAiChat(name="eu", kind="azure", api_key="az", base_url=server.url, azure_api_version="2025-03-01")
    async with closing(azure):
        made = await azure.embed("house-vectors", TEXTS, dimensions=3)
    assert (made.vectors, made.input_tokens) == ([[10.0] * 3, [6.0] * 3], 10)
    assert server.paths == ["/openai/deployments/house-vectors/embeddings?api-version=2025-03-01"]


@pytest.mark.parametrize(("usage", "tokens"), [({"prompt_tokens": 7, "total_tokens": 7}, 7), (None, 5), ({}, 5)])
async def test_vectors_come_in_the_order_of_their_texts_and_are_counted(
    server: ModelServer, openai: OpenAiChat, usage: dict[str, int] | None, tokens: int
) -> None:
    server.embedded = {"object": "list", "data": rows((1, [2.0]), (0, [1.0])), "model": "m", "usage": usage}
    made = await openai.embed("text-embedding-3-small", TEXTS, dimensions=None)
    assert (made.vectors, made.input_tokens) == ([[1.0], [2.0]], tokens)


@pytest.mark.parametrize("data", [None, [], rows((0, [1.0])), rows((0, [1.0]), (0, [2.0])), rows((0, [1.0]), (1, []))])
async def test_an_answer_without_a_vector_for_each_text_is_a_failure(
    server: ModelServer, openai: OpenAiChat, data: list[dict[str, Any]] | None
) -> None:
    server.embedded = {"object": "list", "data": data, "model": "m", "usage": None}
    with pytest.raises(ProviderFailed) as failure:
        await openai.embed("text-embedding-3-small", TEXTS, dimensions=None)
    assert failure.value.kind is FailureKind.UNAVAILABLE
