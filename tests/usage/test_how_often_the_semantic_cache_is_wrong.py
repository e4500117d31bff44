"""Whoever reads usage sees how often answers to questions in other words were wrong, and whether they are given."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.ai.likeness import LikeQuestion, Outcome
from tests.gateway.test_calling_a_model import set_for
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.world import Person, Tenant
from tests.usage.calls import record

Ask = Callable[..., Awaitable[dict[str, Any]]]
PATH = "/api/v1/semantic-cache"
QUERY = "{ semanticCache { name allowed state given compared wrong wrongPermille wrongPermilleLow wrongPermilleHigh } }"


async def seen(colophon: Colophon, who: Person, outcome: Outcome, times: int = 1, propensity: int = 1_000) -> None:
    like = LikeQuestion(name="chat", outcome=outcome, similarity_permille=950, propensity_permille=propensity)
    for _ in range(times):
        await record(colophon, who, verdicts=(like.verdict(),))


async def items(client: AsyncClient, who: Person) -> list[dict[str, Any]]:
    answer = await client.get(PATH, headers=who.headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_nobody_without_a_key_sees_it(client: AsyncClient) -> None:
    assert (await client.get(PATH)).status_code == 401


async def test_one_tenants_questions_are_not_anothers(
    colophon: Colophon, acme: Tenant, globex: Tenant, client: AsyncClient
) -> None:
    await seen(colophon, acme.ana, Outcome.DIFFERED)
    assert await items(client, globex.otto) == []
    assert len(await items(client, acme.otto)) == 1


async def test_whoever_does_not_read_usage_does_not_read_it(acme: Tenant, client: AsyncClient, ask: Ask) -> None:  # noqa: F811
    assert (await client.get(PATH, headers=acme.ana.headers)).status_code == 403
    refused = await ask(acme.ana, QUERY)
    assert refused["data"] is None


async def test_what_was_compared_is_a_share_with_its_interval(
    colophon: Colophon,
    acme: Tenant,
    client: AsyncClient,
    ask: Ask,  # noqa: F811
) -> None:
    await set_for(colophon, acme, "ai.semantic_cache", ["chat", "house-tone"])
    await set_for(colophon, acme, "ai.semantic_cache_compared_min", 4)
    await seen(colophon, acme.ana, Outcome.AGREED, times=4)
    await seen(colophon, acme.ana, Outcome.GIVEN, times=2, propensity=100)
    chat, draft = await items(client, acme.otto)
    assert (chat["name"], chat["allowed"], chat["state"], chat["given"]) == ("chat", True, "giving", 2)
    assert (chat["compared"], chat["wrong"], chat["wrong_permille"]) == (4, 0, 0)
    assert (chat["wrong_permille_low"], chat["wrong_permille_high"]) == (0, pytest.approx(489.89))
    assert (draft["name"], draft["state"], draft["compared"]) == ("house-tone", "measuring", 0)
    await seen(colophon, acme.ana, Outcome.DIFFERED)
    (told, _) = (await ask(acme.otto, QUERY))["data"]["semanticCache"]
    assert (told["state"], told["wrong"], told["wrongPermille"]) == ("OFF", 1, 200)
