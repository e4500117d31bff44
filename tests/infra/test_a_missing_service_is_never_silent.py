"""A service that is not there skips its tests with the reason, and fails them where it is required."""

import pytest
import redis.asyncio

from tests.support import services
from tests.support.run_settings import RunSettings


@pytest.fixture(autouse=True)
def _no_neo4j(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(services.LOCATORS, "neo4j", lambda: None)


def test_it_is_skipped_with_the_reason() -> None:
    with pytest.raises(pytest.skip.Exception, match="neo4j was not found"):
        services.require("neo4j", RunSettings(require=""))


def test_where_it_is_required_the_test_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="COLOPHON_REQUIRE names it"):
        services.require("neo4j", RunSettings(require="redis, neo4j"))


def test_a_misspelt_requirement_is_found() -> None:
    assert services.unknown_requirements(RunSettings(require="redis,noe4j")) == {"noe4j"}


async def test_a_real_redis_answers_when_it_is_found(redis_url: str) -> None:
    client = redis.asyncio.from_url(redis_url)
    assert await client.ping()
    await client.aclose()
