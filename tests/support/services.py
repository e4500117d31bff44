"""Services that no wheel brings: used when found, else skipped with the reason, or failed when required."""

import shutil
from collections.abc import Callable

import pytest

from tests.support.run_settings import RUN_SETTINGS, RunSettings


def _program(*names: str) -> Callable[[], str | None]:
    return lambda: next((path for name in names if (path := shutil.which(name))), None)


LOCATORS: dict[str, Callable[[], str | None]] = {
    "chromium": _program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "neo4j": _program("neo4j"),
    "redis": lambda: RUN_SETTINGS.test_redis_url or _program("redis-server", "valkey-server")(),
}


def require(service: str, settings: RunSettings = RUN_SETTINGS) -> str:
    """Where the service is; without one the test is skipped, or failed when COLOPHON_REQUIRE names it."""
    location = LOCATORS[service]()
    if location is not None:
        return location
    reason = f"{service} was not found on this machine"
    if service in settings.required:
        pytest.fail(f"{reason}, and COLOPHON_REQUIRE names it")
    pytest.skip(reason)


def unknown_requirements(settings: RunSettings = RUN_SETTINGS) -> frozenset[str]:
    """Names in COLOPHON_REQUIRE that no locator knows, which would otherwise require nothing."""
    return settings.required - LOCATORS.keys()
