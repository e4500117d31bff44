"""Fixtures and rules for every test: one real PostgreSQL a run, services skipped only with a reason."""

import gc
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog

from app.event_loop import keep_what_is_loaded
from tests.support.databases import EMPTY, running_postgres, temporary_data_folder, temporary_database
from tests.support.redis_server import running_redis
from tests.support.services import require, unknown_requirements
from tests.support.world import (  # noqa: F401  # fixtures
    acme,
    client,
    colophon,
    globex,
    migrated_database,
    migrated_template,
    own_database,
    quiet_database,
    server_url,
    web_app,
)

LONGEST_FIRST = ("journeys", "browser", "docs", "cli", "bench", "embedded", "faults")
"""Folders with files of a minute: whoever got one last would work on when the others have nothing left."""

FreshDatabase = Callable[..., Awaitable[str]]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requires(service): skip without the service, fail when it is required")
    config.addinivalue_line("markers", "shows(area, what, parameters): a row of docs/reference/model-clients.md")
    if unknown := unknown_requirements():
        raise pytest.UsageError(f"COLOPHON_REQUIRE names unknown services: {', '.join(sorted(unknown))}")
    # A developer's own settings would reach the servers that tests start.
    for name in [name for name in os.environ if name.startswith("COLOPHON_")]:  # noqa: TID251
        del os.environ[name]  # noqa: TID251


def pytest_collection(session: pytest.Session) -> None:
    del session
    gc.disable()  # what is collected stays: to look through it again and again is a fifth of the time


def pytest_collection_finish(session: pytest.Session) -> None:
    del session
    gc.enable()
    keep_what_is_loaded()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=turn)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("requires"):
        require(marker.args[0])


@pytest.fixture(autouse=True)
def _logs_go_where_they_went() -> Iterator[None]:
    """A command run in this process sends the logs to its own stream, which is closed when it ends."""
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(handler)


@pytest.fixture(scope="session")
async def admin_url() -> AsyncIterator[str]:
    """The superuser's URL of a real PostgreSQL."""
    async with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
async def redis_url() -> AsyncIterator[str]:
    """The URL of a real Redis, where one was found."""
    async with running_redis() as url:
        yield url


@pytest.fixture
async def fresh_database(admin_url: str) -> AsyncIterator[FreshDatabase]:
    """Creates databases that live as long as the test: `await fresh_database(template="...")`."""
    async with AsyncExitStack() as stack:

        async def create(template: str = EMPTY) -> str:
            return await stack.enter_async_context(temporary_database(admin_url, template=template))

        yield create


@pytest.fixture
async def data_folder() -> AsyncIterator[Path]:
    """An empty data folder that an embedded server can use also when the tests run as root."""
    async with temporary_data_folder() as folder:
        yield folder
