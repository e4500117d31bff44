"""Fixtures of the tests of the assistant."""

from collections.abc import AsyncIterator

import pytest

from app.bootstrap import build
from app.web import create_app
from app.wiring.providers import ProviderAccounts
from tests.assistant.hosted import Hosted
from tests.gateway.test_calling_a_model import set_for
from tests.support.model_server import model_server
from tests.support.world import installation, open_tenant, serve


@pytest.fixture
async def hosted(own_database: str) -> AsyncIterator[Hosted]:
    """A process of its own with a hosted model, to which everything of its one tenant goes."""
    async with model_server() as model:
        accounts = ProviderAccounts(openai_api_key="sk-test", openai_base_url=f"{model.url}/v1")
        colophon = build(installation(own_database, providers=accounts))
        await colophon.start()
        acme = await open_tenant(colophon)
        for route in ("ai.route.small", "ai.route.large"):
            await set_for(colophon, acme, route, ["openai/gpt-4o-mini"])
        async with serve(create_app(colophon)) as url:
            yield Hosted(colophon, acme, model, url)
        await colophon.stop()
