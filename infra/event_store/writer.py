"""Group commit: one task drains whatever callers have queued into one transaction, and answers each of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.event_log import LogUnavailable
from infra.event_store.batch import AppendItem, Outcome
from infra.event_store.writer_connection import InTransaction, NotWritten, OutcomeUnknown, WriterConnection

BATCH_ITEMS_MAX = 256
BATCH_BYTES_MAX = 8 * 1024 * 1024
QUEUE_ITEMS_MAX = 4096
QUEUE_BYTES_MAX = 256 * 1024 * 1024
RECONNECT_SECONDS = 0.5
RESOLVE_SECONDS_MAX = 10.0
"""So long the outcome of a batch whose connection was lost is asked for, before its callers hear that nobody knows."""
ITEM_SECONDS = 0.00012
"""About what preparing and writing an item costs (bench/event_log). When a commit takes less than that for each of its
items, processors are the limit, not the disk, and callers should prepare while the database writes."""

NOBODY_KNOWS = "The database did not say whether this was written."

log = structlog.get_logger()

Committed = Callable[[Outcome], None]
"""Told of every append that is durable, also when its caller has given up waiting."""


@dataclass(slots=True)
class _Waiting:
    item: AppendItem
    in_transaction: InTransaction | None
    committed: Committed
    payload_bytes: int
    answer: asyncio.Future[Outcome]


class GroupCommitWriter:
    """
    Start it once per process; `append` may be called by any number of tasks.

    A batch is what is queued when the previous commit returns: no timer, so a lone caller waits for one commit only.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._connection = WriterConnection(engine)
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.batches = 0
        """How many batches were committed; with the number of appends it says how large they are."""

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="group-commit-writer", context=Context())

    async def stop(self) -> None:
        """Write what is queued, then stop; callers that come later are refused."""
        if self._task is None:
            return
        task, self._task = self._task, None
        self._arrived.set()
        await task
        await self._connection.close()

    async def append(
        self, item: AppendItem, committed: Committed, in_transaction: InTransaction | None = None
    ) -> Outcome:
        """Queue one append and wait until it is durable or refused. Raises LogUnavailable."""
        if self._task is None:
            raise LogUnavailable("The log is closed.")
        if len(self._queue) >= QUEUE_ITEMS_MAX or self._queued_bytes >= QUEUE_BYTES_MAX:
            raise LogUnavailable("Too many writes are waiting.")
        payload_bytes = sum(len(s.ciphertext) for w in item.writes for e in w.events for s in e.segments)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(item, in_transaction, committed, payload_bytes, answer))
        self._queued_bytes += payload_bytes
        self._arrived.set()
        # A caller that gives up takes back its question, never the write: that may already be in a batch.
        return await answer

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
        """
        Take what fits and goes together; other inline work goes alone, so that its failure is its own.

        An idempotency key comes once in a batch: whoever repeats it is answered from the log, after the commit.
        """
        batch = [self._queue.popleft()]
        size = batch[0].payload_bytes
        keys = {batch[0].item.idempotency_place}
        while (
            self._queue
            and _go_together(batch[0].in_transaction, self._queue[0].in_transaction)
            and len(batch) < BATCH_ITEMS_MAX
            and size + self._queue[0].payload_bytes <= BATCH_BYTES_MAX
            and ((place := self._queue[0].item.idempotency_place) is None or place not in keys)
        ):
            keys.add(place)
            size += self._queue[0].payload_bytes
            batch.append(self._queue.popleft())
        self._queued_bytes -= size
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> bool:
        """Answer a batch; tell whether the database did."""
        started = asyncio.get_running_loop().time()
        try:
            results = await self._commit(batch, resubmitted=False)
        except OutcomeUnknown:
            return await self._resolve(batch)
        except NotWritten as error:
            _refuse(batch, LogUnavailable(str(error)))
            await asyncio.sleep(RECONNECT_SECONDS)
            return False
        except Exception as error:  # noqa: BLE001  # handed to the caller whose it is
            await self._one_by_one(batch, error, self._write)
        else:
            await self._answer(batch, results, asyncio.get_running_loop().time() - started)
        return True

    @staticmethod
    async def _one_by_one(
        batch: Sequence[_Waiting], error: Exception, answered: Callable[[Sequence[_Waiting]], Awaitable[bool]]
    ) -> None:
        """PostgreSQL refused a batch and rolled it back: find out whose fault it was, for as long as it answers."""
        if len(batch) == 1:
            _refuse(batch, error)
            return
        for number, waiting in enumerate(batch, start=1):
            if not await answered([waiting]):
                _refuse(batch[number:], LogUnavailable(NOBODY_KNOWS))
                return

    async def _resolve(self, batch: Sequence[_Waiting]) -> bool:
        """
        Submit a batch again whose connection was lost, under the same event ids: log.append looks them up first.

        Whichever of the two submissions commits, the events are in the log once, and this answers with what is there.
        """
        deadline = asyncio.get_running_loop().time() + RESOLVE_SECONDS_MAX
        while True:
            try:
                results = await self._commit(batch, resubmitted=True)
            except (OutcomeUnknown, NotWritten):
                # Looked at between two attempts: breaking one off would be one more unknown outcome.
                if asyncio.get_running_loop().time() >= deadline:
                    log.warning("log.outcome_unknown", items=len(batch))
                    # Whoever repeats the request does so under its idempotency key.
                    _refuse(batch, LogUnavailable(NOBODY_KNOWS))
                    return False
                await asyncio.sleep(RECONNECT_SECONDS)
            except Exception as error:  # noqa: BLE001  # handed to the caller whose it is
                await self._one_by_one(batch, error, self._resolve)
                return True
            else:
                log.info("log.outcome_resolved", items=len(batch))
                await self._answer(batch, results, 0.0)
                return True

    async def _commit(self, batch: Sequence[_Waiting], *, resubmitted: bool) -> list[Outcome]:
        items = [waiting.item for waiting in batch]
        work = [waiting.in_transaction for waiting in batch if waiting.in_transaction is not None]
        results = await self._connection.append(items, work, resubmitted=resubmitted)
        self.batches += 1
        return results

    async def _answer(self, batch: Sequence[_Waiting], results: Sequence[Outcome], seconds: float) -> None:
        answers = list(zip(batch, results, strict=True))
        if self._queue or len(batch) == 1 or seconds > len(batch) * ITEM_SECONDS:
            _tell(answers)
            return
        # Everybody is in this batch. Half of them prepare what comes next while what the others prepared is written.
        half = len(batch) // 2
        _tell(answers[:half])
        await asyncio.sleep(0)
        # Called when the next batch is on its way, or when there is none.
        asyncio.get_running_loop().call_soon(_tell, answers[half:])


def _go_together(first: InTransaction | None, other: InTransaction | None) -> bool:
    if first is None or other is None:
        return first is other
    return first.joins is not None and first.joins == other.joins


def _tell(answers: Sequence[tuple[_Waiting, Outcome]]) -> None:
    for waiting, outcome in answers:
        if outcome.outcome in {"appended", "recorded"}:
            try:
                waiting.committed(outcome)
            except Exception:
                # Hints only: without them others see the append at their next poll, and the writer must live.
                log.exception("log.hint_failed")
        if not waiting.answer.done():
            waiting.answer.set_result(outcome)


def _refuse(batch: Sequence[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
