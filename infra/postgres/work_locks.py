"""Advisory locks of one connection: gone with the process that held them, however it ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from infra.postgres.connecting import connected

_TRY = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LET_GO = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


class PostgresWorkLocks:
    """Implements assistants.work.WorkLocks. A lock spares double work; the log lets nothing count twice."""

    def __init__(self, connect_to: dict[str, Any]) -> None:
        self._connect_to = connect_to
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[bool]:
        """Hold the lock while inside; False when another process has it. Not to be entered twice by one process."""
        mine = await self._run(_TRY, name)
        try:
            yield mine
        finally:
            if mine:
                await self._run(_LET_GO, name)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _run(self, statement: str, name: str) -> bool:
        async with self._one_at_a_time:
            if self._connection is None or self._connection.closed:
                self._connection = await connected(**self._connect_to, autocommit=True)
            row = await (await self._connection.execute(statement, [name])).fetchone()
        return bool(row and row[0])
