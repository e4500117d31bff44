"""A PostgreSQL of the fault tests' own, which may be killed, and the log on it that all of them write to."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.foundation import Foundation, context_signer
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins
from tests.faults.ledger import Ledger
from tests.faults.world import MASTER_KEY, LogWorld, new_tenant, running_log
from tests.support.databases import temporary_data_folder


@pytest.fixture(scope="session")
async def own_server() -> AsyncIterator[EmbeddedPostgres]:
    """Not the server that the other tests share: this one is killed."""
    async with temporary_data_folder() as folder:
        server = EmbeddedPostgres(folder)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


@pytest.fixture(scope="session")
async def own_log(own_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LogWorld]:
    """One log and one ledger for all fault tests: what one of them breaks, the next one finds."""
    url = own_server.conninfo("postgres")
    await migrate(url, RoleLogins(url, MASTER_KEY), context_signer(MASTER_KEY))
    ledger = Ledger(tmp_path_factory.mktemp("faults") / "calls.tsv")
    yield LogWorld(url, ledger, new_tenant())
    ledger.close()


@pytest.fixture
def world(own_log: LogWorld) -> LogWorld:
    return replace(own_log, tenant=new_tenant())


@pytest.fixture
async def process(world: LogWorld) -> AsyncIterator[Foundation]:
    """The log of one process."""
    async with running_log(world.url) as base:
        yield base
