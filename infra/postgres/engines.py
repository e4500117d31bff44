"""Connections: one pool per database role, and the transaction that carries the tenant."""

import asyncio
import select
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection as PsycopgConnection
from sqlalchemy import PoolResetState, QueuePool, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from commands.event_log import LogUnavailable
from infra import clock
from infra.postgres.connecting import connected
from tenancy.context import TenantContext
from tenancy.signing import ContextSigner

APP, WRITER, PROJECTOR, KEYRING = "colophon_app", "colophon_writer", "colophon_projector", "colophon_keyring"
ERASER, SEALER, ARCHIVER = "colophon_eraser", "colophon_sealer", "colophon_archiver"

STATEMENT_TIMEOUT_SECONDS = 10
CONNECT_SECONDS_MAX = 5
SILENT_SECONDS_MAX = 10
POOL_SECONDS_MAX = 10
"""So long a burst may queue for a connection; on a slow machine a hundred callers of one pool take seconds."""
GIVING_BACK_SECONDS_MAX = 2.0
"""Of one pool at the end: what has not come back by then is closed by its collection, and said to be a leak."""
LOOK_SECONDS = 0.01
# Asked back at once: a context that PostgreSQL does not accept would show an empty log, and no error.
_SET_CONTEXT = text("SELECT set_config('colophon.context', :context, true), sec.tenant()")

CONTEXT_REFUSED = (
    "The database does not accept this process's signature: the clocks of the two differ by a minute or more, "
    "or their master keys do."
)


@dataclass(frozen=True, slots=True)
class Databases:
    """One engine per role; none of them owns a table or may bypass row security."""

    app: AsyncEngine
    projector: AsyncEngine
    keyring: AsyncEngine
    writer: AsyncEngine
    eraser: AsyncEngine
    sealer: AsyncEngine
    archiver: AsyncEngine
    signer: ContextSigner
    keystore_apart: bool = False
    """The keyring's connections lead to another database."""

    @asynccontextmanager
    async def as_app(self, context: TenantContext) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees this tenant's rows and no others."""
        async with tenant_transaction(self.app, self.signer, context) as connection:
            yield connection

    async def close(self) -> None:
        """Close all pools, once what is still being read for several callers has come back."""
        engines = self.app, self.projector, self.keyring, self.writer, self.eraser, self.sealer, self.archiver
        # Twice: a read that was about to begin takes its connection from the pool that follows a closed one.
        for engine in engines * 2:
            await asyncio.sleep(0)
            await _all_given_back(engine)
            await engine.dispose()


async def _all_given_back(engine: AsyncEngine) -> None:
    """Wait a moment for those who outlive the last of their callers."""
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    with suppress(TimeoutError):
        async with asyncio.timeout(GIVING_BACK_SECONDS_MAX):
            while pool.checkedout():  # noqa: ASYNC110  # a pool tells nobody
                await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def tenant_transaction(
    engine: AsyncEngine, signer: ContextSigner, context: TenantContext
) -> AsyncIterator[AsyncConnection]:
    """Begin, tell PostgreSQL who asks (signed, for this transaction only), commit at the end."""
    async with engine.begin() as connection:
        await carry_tenant(connection, signer, context)
        yield connection


async def carry_tenant(connection: AsyncConnection, signer: ContextSigner, context: TenantContext) -> None:
    """Set the signed tenant context on an open transaction. Raises LogUnavailable when it is not accepted."""
    line = signer.sign(context.tenant_id, context.actor, now_epoch_seconds=clock.now().timestamp())
    _, accepted = (await connection.execute(_SET_CONTEXT, {"context": line})).one()
    if accepted != context.tenant_id:
        raise LogUnavailable(CONTEXT_REFUSED)


async def driver(connection: AsyncConnection) -> PsycopgConnection[Any]:
    """Return psycopg's own connection, for binary arrays and server-side speed."""
    raw = await connection.get_raw_connection()
    psycopg_connection = raw.driver_connection
    assert isinstance(psycopg_connection, PsycopgConnection)
    return psycopg_connection


def _refuse_the_dead(pooled: Any, *_: object) -> None:
    """
    Let the pool connect again when the server has said something unasked, which is how an idle connection ends.

    It costs a system call; asking the server whether it lives would cost a round trip before every transaction.
    """
    poll = select.poll()
    poll.register(pooled.driver_connection.pgconn.socket, select.POLLIN)
    if poll.poll(0):
        raise DisconnectionError


# Each without a transaction of its own, in one round trip. Statements prepared by SQL are told of first.
_CLEAN = """
SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements WHERE from_sql;
RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_catalog.pg_advisory_unlock_all()
"""


class ForeignStatement(Exception):
    """Somebody prepared a statement by SQL, as we never do: under a name of ours it would be the next borrower's."""


def _leave_nothing_behind(pooled: Any, _record: object, state: PoolResetState) -> None:
    """
    Take from a connection what a hostile statement may have left for whoever borrows it next.

    Raises ForeignStatement, upon which the pool closes the connection.
    """
    if state.terminate_only or pooled.closed:
        return
    pooled.rollback()
    pooled.autocommit = True
    cursor = pooled.cursor()
    cursor.execute(_CLEAN)
    prepared = cursor.fetchone()[0]
    cursor.close()
    if prepared:
        raise ForeignStatement
    pooled.autocommit = False


def open_databases(
    conninfo_of: Callable[[str], dict[str, Any]], signer: ContextSigner, *, keystore_apart: bool = False
) -> Databases:
    """Create the pools; `conninfo_of` maps a role to psycopg's connection parameters. Connects lazily."""

    def engine(role: str, *, connections_max: int) -> AsyncEngine:
        made = create_async_engine(
            "postgresql+psycopg://",
            connect_args={
                **conninfo_of(role),
                "async_creator_fn": connected,
                "application_name": role,
                "connect_timeout": CONNECT_SECONDS_MAX,
                # A host that vanished without a word: the kernel would wait for a quarter of an hour.
                "keepalives_idle": SILENT_SECONDS_MAX,
                "keepalives_interval": SILENT_SECONDS_MAX,
                "tcp_user_timeout": 2 * SILENT_SECONDS_MAX * 1000,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s "
                "-c idle_in_transaction_session_timeout=30s -c search_path=pg_catalog -c timezone=UTC",
            },
            pool_size=min(connections_max, 5),
            max_overflow=max(0, connections_max - 5),
            pool_timeout=POOL_SECONDS_MAX,
            # The connection that was used last knows its statements; in turns, each would forget them.
            pool_use_lifo=True,
        )
        event.listen(made.sync_engine, "checkout", _refuse_the_dead)
        return made

    app = engine(APP, connections_max=20)
    # Requests decide what this role asks; what the other roles ask follows from the log.
    event.listen(app.sync_engine, "reset", _leave_nothing_behind)
    return Databases(
        app=app,
        projector=engine(PROJECTOR, connections_max=12),
        keyring=engine(KEYRING, connections_max=4),
        writer=engine(WRITER, connections_max=2),
        eraser=engine(ERASER, connections_max=1),
        sealer=engine(SEALER, connections_max=2),
        archiver=engine(ARCHIVER, connections_max=4),
        signer=signer,
        keystore_apart=keystore_apart,
    )
