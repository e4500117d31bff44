"""Fixtures of the gateway's tests."""

from collections.abc import AsyncIterator

import pytest

from gateway.providers.anthropic_messages import AnthropicMessages
from gateway.providers.openai_chat import OpenAiChat
from gateway.providers.port import Provider
from tests.gateway.provider_calls import closing
from tests.gateway.test_providers_over_the_wire import house  # noqa: F401  # a fixture
from tests.support.model_server import ModelServer, model_server


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as serving:
        yield serving


@pytest.fixture
async def openai(server: ModelServer) -> AsyncIterator[Provider]:
    async with closing(OpenAiChat(name="o", kind="openai", api_key="sk-1", base_url=f"{server.url}/v1")) as one:
        yield one


@pytest.fixture
async def compatible(server: ModelServer) -> AsyncIterator[Provider]:
    async with closing(OpenAiChat(name="c", kind="compatible", api_key="none", base_url=f"{server.url}/v1")) as one:
        yield one


@pytest.fixture
async def anthropic(server: ModelServer) -> AsyncIterator[Provider]:
    async with closing(AnthropicMessages(name="a", api_key="sk-ant-1", base_url=server.url)) as one:
        yield one
