"""Whatever the planner knows of the log, and whenever it made its plan: little is read to read a little."""

from collections.abc import AsyncIterator, Sequence
from itertools import product
from typing import Any

import pytest
from psycopg import AsyncConnection

from app.bootstrap import Colophon, build
from domain.ids import StreamId
from infra.event_store.reading import AT_POSITIONS, BATCH_OF_TENANT, OF_STREAM, OF_TENANT
from infra.postgres.engines import driver
from tests.conftest import FreshDatabase
from tests.event_log.archiving import titled
from tests.support.world import Tenant, installation, open_tenant

GROWN_EVENTS = 3_000
ASKED_EVENTS = 10
ROWS_AN_EVENT_MAX = 4
"""Of the event, of its payload, and as many that are only looked at."""
PLANS = ("force_custom_plan", "force_generic_plan")
READ = """
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables
     WHERE schemaname = 'log' AND relname ~ '^event(s|_payloads)_'"""


@pytest.fixture(params=["never", "while it was small"])
async def analysed(
    request: pytest.FixtureRequest, fresh_database: FreshDatabase, migrated_template: str
) -> AsyncIterator[tuple[Colophon, Tenant, StreamId]]:
    """A log that has grown since the planner looked at it, and a stream of ASKED_EVENTS in its middle."""
    url = await fresh_database(template=migrated_template)
    colophon = build(installation(url))
    await colophon.start(work=False)
    tenant = await open_tenant(colophon)
    if request.param != "never":
        async with await AsyncConnection.connect(url, autocommit=True) as admin:
            await admin.execute("ANALYZE log.events, log.event_payloads")
    await titled(colophon, tenant, GROWN_EVENTS // 2)
    stream = await titled(colophon, tenant, ASKED_EVENTS)
    await titled(colophon, tenant, GROWN_EVENTS // 2)
    yield colophon, tenant, stream
    await colophon.stop()


async def test_little_is_read_to_read_a_little(analysed: tuple[Colophon, Tenant, StreamId]) -> None:
    colophon, tenant, stream = analysed
    databases = colophon._foundation.databases
    first, end = GROWN_EVENTS // 2, GROWN_EVENTS // 2 + ASKED_EVENTS
    questions: dict[str, Sequence[object]] = {
        OF_STREAM: [stream, 0, GROWN_EVENTS, 2 * GROWN_EVENTS],
        AT_POSITIONS: [list(range(first, end))],
        OF_TENANT: [first, end],
        BATCH_OF_TENANT: [first, end, [], 1_000_000],
    }
    for (question, parameters), plan in product(questions.items(), PLANS):
        asked = [tenant.tenant_id, tenant.tenant_id, *parameters]
        for role in (databases.as_app(tenant.ana.context), colophon.feed.as_projector(tenant.tenant_id)):
            async with role as transaction:
                connection = await driver(transaction)
                await connection.execute("SELECT set_config('plan_cache_mode', %s, true)", [plan])
                before = await rows_read(connection)
                found = await (await connection.execute(question, asked, prepare=True)).fetchall()
                read = await rows_read(connection) - before
            assert len(found) == ASKED_EVENTS
            assert 0 < read <= ROWS_AN_EVENT_MAX * ASKED_EVENTS, f"{plan}: {question}"


async def rows_read(connection: AsyncConnection[Any]) -> int:
    (rows,) = await (await connection.execute(READ)).fetchone() or (0,)
    return int(rows)
