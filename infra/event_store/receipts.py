"""Forgets the receipts of old idempotency keys: who repeats a request does so within days."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.postgres.engines import Databases
from tenancy.context import every_tenant

RECEIPTS_KEPT = timedelta(days=7)
SWEEP_SECONDS = 3_600.0
ROWS_AT_ONCE_MAX = 10_000

_FORGET = text("SELECT log.forget_receipts(:before, :rows_max)")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OldReceipts:
    """After this a repeated request is a new one; its decision is made on the streams as they are then."""

    databases: Databases
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Sweep, until cancelled; any number of processes may."""
        while True:
            try:
                await self.sweep()
            except (SQLAlchemyError, OSError) as error:
                log.warning("log.receipts_kept_longer", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Forget what is older than RECEIPTS_KEPT, in transactions of ROWS_AT_ONCE_MAX; return how many."""
        forgotten = 0
        where = {"before": self.now() - RECEIPTS_KEPT, "rows_max": ROWS_AT_ONCE_MAX}
        with every_tenant(reason="forgetting old receipts"):
            while True:
                async with self.databases.projector.begin() as connection:
                    rows = await connection.scalar(_FORGET, where)
                forgotten += rows or 0
                if not rows or rows < ROWS_AT_ONCE_MAX:
                    return forgotten
