"""The writer's connection to PostgreSQL: kept open, and exact about what a failure says of the outcome."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy.exc
import structlog
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncConnection as SQLConnection
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.event_store.batch import APPEND, AppendItem, Outcome, outcomes, parameters
from infra.event_store.binary_arrays import teach
from infra.postgres.engines import driver

log = structlog.get_logger()

CONNECTION_LOST = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    # The primary has become a standby, or was closed to writes: the next connection may find another.
    psycopg.errors.ReadOnlySqlTransaction,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
    OSError,
)
# The server was ending the connection, the connection broke, or two writers deadlocked: submit it again.
_TO_BE_RESUBMITTED = ("57P", "08", "40")


class NotWritten(Exception):
    """Nothing of the batch was written, for a reason that passes: no connection, no space, no time."""


class OutcomeUnknown(Exception):
    """The connection was lost after the batch was sent: it may have been committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InTransaction:
    """
    Work that must commit with the append or not at all: the inline projections.

    `apply` is given the positions after which and up to which it finds its events. Items whose `joins` are equal, and
    not None, are written together, and the work of the first is done for all of them.
    """

    apply: Callable[[int, int, SQLConnection], Awaitable[None]]
    events: int
    joins: Hashable | None = None


class WriterConnection:
    """One connection for the batches; items with inline work take another one, with a transaction around both."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._kept: tuple[SQLConnection, AsyncConnection[Any]] | None = None

    async def append(
        self,
        items: Sequence[AppendItem],
        work: Sequence[InTransaction],
        *,
        resubmitted: bool,
    ) -> list[Outcome]:
        """
        Commit a batch; `work` is that of each item, or none.

        Raises NotWritten, OutcomeUnknown, or what PostgreSQL or the inline work refused it with.
        """
        if not work:
            return await self._append(items, resubmitted=resubmitted)
        connection = await self._connected()
        try:
            async with connection.begin():
                postgres = await driver(connection)
                teach(postgres)
                results = await _execute(postgres, items, resubmitted=resubmitted)
                await _work(work, results, connection)
        except CONNECTION_LOST as error:
            await connection.invalidate()
            raise _judged(error) from error
        else:
            return results
        finally:
            await connection.close()

    async def close(self) -> None:
        """Give the connection back."""
        if self._kept is not None:
            (kept, _), self._kept = self._kept, None
            await kept.invalidate()
            await kept.close()

    async def _append(self, items: Sequence[AppendItem], *, resubmitted: bool) -> list[Outcome]:
        if self._kept is None:
            connection = await self._connected()
            postgres = await driver(connection)
            await postgres.set_autocommit(True)
            teach(postgres)
            self._kept = connection, postgres
        try:
            return await _execute(self._kept[1], items, resubmitted=resubmitted)
        except CONNECTION_LOST as error:
            log.warning("log.append_failed", items=len(items), error=type(error).__name__)
            await self.close()
            raise _judged(error) from error

    async def _connected(self) -> SQLConnection:
        try:
            return await self._engine.connect()
        except CONNECTION_LOST as error:
            log.warning("log.not_connected", error=type(error).__name__)
            raise NotWritten("The database cannot be reached.") from error


async def _work(work: Sequence[InTransaction], results: Sequence[Outcome], connection: SQLConnection) -> None:
    """Work for what was appended: of one tenant and in one statement, so its positions follow one another."""
    done = [(one, at) for one, result in zip(work, results, strict=True) if (at := _appended_at(result)) is not None]
    if done:
        (first, first_at), (_, last_at) = done[0], done[-1]
        await first.apply(first_at - first.events, last_at, connection)


def _appended_at(result: Outcome) -> int | None:
    return result.position if result.outcome == "appended" else None


async def _execute(postgres: AsyncConnection[Any], items: Sequence[AppendItem], *, resubmitted: bool) -> list[Outcome]:
    arguments = parameters(items, resubmitted=resubmitted)
    cursor = await postgres.execute(APPEND, arguments, binary=True, prepare=True)
    row = await cursor.fetchone()
    assert row is not None
    return outcomes(items, row)


def _judged(error: Exception) -> NotWritten | OutcomeUnknown:
    """An answer of the server says that the statement was rolled back, unless it was ending the connection."""
    cause = getattr(error, "orig", error)
    state = getattr(cause, "sqlstate", None)
    if state is None or state.startswith(_TO_BE_RESUBMITTED):
        return OutcomeUnknown("The connection to the database was lost.")
    return NotWritten("The database could not write.")
