"""Fixtures of the tests of the assistant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.bootstrap import Colophon, build
from app.web import create_app
from app.wiring.providers import ProviderAccounts
from tests.assistant.hosted import Hosted
from tests.gateway.test_calling_a_model import set_for
from tests.support.databases import temporary_database
from tests.support.model_server import ModelServer, model_server
from tests.support.world import installation, open_tenant, serve

Process = tuple[Colophon, ModelServer, str]


@asynccontextmanager
async def running(admin_url: str, template: str) -> AsyncIterator[Process]:
    """A process with a hosted model, and where it is served; it looks for work, so nobody else's is in its database."""
    async with temporary_database(admin_url, template=template) as database_url, model_server() as model:
        accounts = ProviderAccounts(openai_api_key="sk-test", openai_base_url=f"{model.url}/v1")
        colophon = build(installation(database_url, providers=accounts))
        await colophon.start()
        async with serve(create_app(colophon)) as url:
            yield colophon, model, url
        await colophon.stop()


@pytest.fixture(scope="session")
async def process(admin_url: str, migrated_template: str) -> AsyncIterator[Process]:
    async with running(admin_url, migrated_template) as shared:
        yield shared


@pytest.fixture
async def hosted(process: Process) -> Hosted:
    """A tenant all of whose calls go to a hosted model that has forgotten the tests before."""
    process[1].forget()
    return await with_tenant(process)


@pytest.fixture
async def hosted_alone(admin_url: str, migrated_template: str) -> AsyncIterator[Hosted]:
    """The same with a process that the test may end."""
    async with running(admin_url, migrated_template) as process:
        yield await with_tenant(process)


async def with_tenant(process: Process) -> Hosted:
    colophon, model, url = process
    acme = await open_tenant(colophon)
    for route in ("ai.route.small", "ai.route.large"):
        await set_for(colophon, acme, route, ["openai/gpt-4o-mini"])
    return Hosted(colophon, acme, model, url)
