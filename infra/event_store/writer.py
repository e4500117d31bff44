"""Group commit: one task drains whatever callers have queued into one transaction, and answers each of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy.exc
import structlog
from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncConnection as SQLConnection
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.event_log import LogUnavailable
from infra.event_store.batch import APPEND, AppendItem, Outcome, outcomes, parameters
from infra.postgres.engines import driver

BATCH_ITEMS_MAX = 256
BATCH_BYTES_MAX = 8 * 1024 * 1024
QUEUE_ITEMS_MAX = 4096
RECONNECT_SECONDS = 0.5

log = structlog.get_logger()

UNREACHABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
    OSError,
)

InTransaction = Callable[[Outcome, SQLConnection], Awaitable[None]]
"""Work that must commit with the append or not at all: the inline projections."""

Committed = Callable[[Outcome], None]
"""Told of every append that is durable, also when its caller has given up waiting."""


def _unanswered() -> asyncio.Future[Outcome]:
    answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    # The caller may have been cancelled meanwhile; its refusal is then nobody's.
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer


@dataclass(slots=True)
class _Waiting:
    item: AppendItem
    in_transaction: InTransaction | None
    committed: Committed
    payload_bytes: int
    answer: asyncio.Future[Outcome] = field(default_factory=_unanswered)


class GroupCommitWriter:
    """
    Start it once per process; `append` may be called by any number of tasks.

    A batch is what is queued when the previous commit returns: no timer, so a lone caller waits for one commit only.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="group-commit-writer")

    async def stop(self) -> None:
        """Write what is queued, then stop; callers that come later are refused."""
        if self._task is None:
            return
        task, self._task = self._task, None
        self._arrived.set()
        await task

    async def append(
        self, item: AppendItem, committed: Committed, in_transaction: InTransaction | None = None
    ) -> Outcome:
        """Queue one append and wait until it is durable or refused. Raises LogUnavailable."""
        if self._task is None:
            raise LogUnavailable("The log is closed.")
        if len(self._queue) >= QUEUE_ITEMS_MAX:
            raise LogUnavailable("Too many writes are waiting.")
        payload_bytes = sum(len(s.ciphertext) for w in item.writes for e in w.events for s in e.segments)
        waiting = _Waiting(item, in_transaction, committed, payload_bytes)
        self._queue.append(waiting)
        self._arrived.set()
        # A caller that gives up must not take back a write that may already be in a batch.
        return await asyncio.shield(waiting.answer)

    @property
    def queued(self) -> int:
        """How many appends wait for the next commit."""
        return len(self._queue)

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                await self._write(self._next_batch())
            if self._task is None:
                return

    def _next_batch(self) -> list[_Waiting]:
        """Take what fits; an item with inline work goes alone, so that its failure is its own."""
        batch = [self._queue.popleft()]
        size = batch[0].payload_bytes
        while (
            self._queue
            and batch[0].in_transaction is None
            and self._queue[0].in_transaction is None
            and len(batch) < BATCH_ITEMS_MAX
            and size + self._queue[0].payload_bytes <= BATCH_BYTES_MAX
        ):
            size += self._queue[0].payload_bytes
            batch.append(self._queue.popleft())
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            results = await self._commit(batch)
        except UNREACHABLE as error:
            # The commit may have happened: whoever repeats the request does so under its idempotency key.
            log.warning("log.append_failed", items=len(batch), error=type(error).__name__)
            self._answer(batch, LogUnavailable("The database did not answer."))
            await asyncio.sleep(RECONNECT_SECONDS)
        except Exception as error:  # noqa: BLE001  # handed to the caller whose it is
            if len(batch) > 1:
                # PostgreSQL refused the whole batch and rolled it back: find out whose fault it was.
                for waiting in batch:
                    await self._write([waiting])
            else:
                self._answer(batch, error)
        else:
            for waiting, outcome in zip(batch, results, strict=True):
                if outcome.outcome == "appended":
                    _tell(waiting, outcome)
                if not waiting.answer.done():
                    waiting.answer.set_result(outcome)

    async def _commit(self, batch: Sequence[_Waiting]) -> list[Outcome]:
        async with self._engine.connect() as connection:
            postgres = await driver(connection)
            if batch[0].in_transaction is None:
                await postgres.set_autocommit(True)
                try:
                    return await _append(postgres, batch)
                finally:
                    if not postgres.closed:
                        await postgres.set_autocommit(False)
            async with connection.begin():
                result = await _append(postgres, batch)
                if result[0].outcome == "appended":
                    await batch[0].in_transaction(result[0], connection)
            return result

    @staticmethod
    def _answer(batch: Sequence[_Waiting], error: Exception) -> None:
        for waiting in batch:
            if not waiting.answer.done():
                waiting.answer.set_exception(error)


def _tell(waiting: _Waiting, outcome: Outcome) -> None:
    try:
        waiting.committed(outcome)
    except Exception:
        # Hints only: without them others see the append at their next poll, and the writer must live.
        log.exception("log.hint_failed")


async def _append(postgres: AsyncConnection[Any], batch: Sequence[_Waiting]) -> list[Outcome]:
    cursor = await postgres.execute(APPEND, parameters([w.item for w in batch]), binary=True)
    return list(outcomes(await cursor.fetchall(), len(batch)))
