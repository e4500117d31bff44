"""One Colophon with hosted models behind it, which are servers of the tests, and both SDKs before it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import anthropic
import openai
import pytest

from app.web import create_app
from domain.ai.events import AiCallSettled
from tests.gateway.test_calling_a_model import set_for
from tests.gateway.test_providers_over_the_wire import House, a_house
from tests.support.model_server import ModelServer
from tests.support.whole_log import whole_log
from tests.support.world import Tenant, open_tenant, serve


@dataclass(frozen=True, slots=True)
class Bench:
    """A house that answers over HTTP, with a tenant of this test's own; `model` is what its servers speak for."""

    house: House
    acme: Tenant
    url: str

    @property
    def upstream(self) -> ModelServer:
        return self.house.first


@pytest.fixture(scope="session")
async def shared_house(own_database: str) -> AsyncIterator[tuple[House, str]]:
    async with a_house(own_database) as house, serve(create_app(house.colophon)) as url:
        yield house, url


@pytest.fixture
async def bench(shared_house: tuple[House, str]) -> Bench:
    house, url = shared_house
    house.first.forget()
    house.second.forget()
    acme = await open_tenant(house.colophon)
    await set_for(house.colophon, acme, "ai.cache_seconds", 0)
    return Bench(house, acme, url)


@pytest.fixture
async def gpt(bench: Bench) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{bench.url}/v1", api_key=bench.acme.ana.api_key, max_retries=0) as client:
        yield client


@pytest.fixture
async def claude(bench: Bench) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=bench.url, api_key=bench.acme.ana.api_key, max_retries=0) as client:
        yield client


async def calls_in_the_log(bench: Bench) -> list[AiCallSettled]:
    """What was settled for this test's tenant, in order."""
    recorded = await whole_log(bench.house.colophon, bench.acme.tenant_id)
    return [one.event for one in recorded if isinstance(one.event, AiCallSettled)]
