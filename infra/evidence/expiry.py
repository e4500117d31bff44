"""Deletes the bundles of reports whose time is over, hour by hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from domain.ids import ReportId, TenantId
from infra.postgres.engines import Databases
from infra.rounds import in_rounds
from tenancy.blobs import Blobs
from tenancy.context import every_tenant
from tenancy.keys import report_path

SWEEP_SECONDS = 3_600.0

_EXPIRED = text("SELECT tenant_id, report_id FROM sec.expired_reports(:now)")


@dataclass(frozen=True, slots=True)
class ExpiredBundles:
    """A report's state says by itself when its time is over; here the file goes."""

    databases: Databases
    blobs: Blobs
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Sweep, until cancelled; any number of processes may."""
        await in_rounds(self.sweep, pause_seconds=SWEEP_SECONDS, failed="evidence.sweep_paused")

    async def sweep(self) -> None:
        """Delete every file that is due and still there."""
        with every_tenant(reason="deleting the bundles of expired reports"):
            async with self.databases.projector.begin() as connection:
                expired = (await connection.execute(_EXPIRED, {"now": self.now()})).all()
        for tenant_id, report_id in expired:
            await self.blobs.delete(report_path(TenantId(tenant_id), ReportId(report_id)))
