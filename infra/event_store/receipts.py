"""Forgets the receipts of old idempotency keys: who repeats a request does so within days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from infra.postgres.engines import Databases
from infra.rounds import in_rounds
from tenancy.context import every_tenant

RECEIPTS_KEPT = timedelta(days=7)
SWEEP_SECONDS = 3_600.0
ROWS_AT_ONCE_MAX = 10_000

_FORGET = text("SELECT log.forget_receipts(:before, :rows_max)")


@dataclass(frozen=True, slots=True)
class OldReceipts:
    """After this a repeated request is a new one; its decision is made on the streams as they are then."""

    databases: Databases
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Sweep, until cancelled; any number of processes may."""
        await in_rounds(self.sweep, pause_seconds=SWEEP_SECONDS, failed="log.receipts_kept_longer")

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
