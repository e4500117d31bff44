"""A report's bundle is there for thirty days; then the file is deleted, and everybody is told so."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from app.web import create_app
from domain.ids import ReportId
from infra import clock
from infra.evidence.expiry import ExpiredBundles
from tenancy.keys import report_path
from tests.evidence.reports import REPORTS, bundle
from tests.support.world import Tenant


async def test_a_bundle_goes_when_its_time_is_over(
    client: AsyncClient, colophon: Colophon, acme: Tenant, tmp_path: Path
) -> None:
    report_id = (await bundle(client, acme.otto, tmp_path)).stem
    blobs, path = colophon.evidence.blobs, report_path(acme.tenant_id, ReportId(UUID(report_id)))
    databases = colophon._foundation.databases
    await ExpiredBundles(databases, blobs, clock.now).sweep()
    assert await blobs.size(path)

    def later() -> datetime:
        return clock.now() + timedelta(days=31)

    await ExpiredBundles(databases, blobs, later).sweep()
    assert await blobs.size(path) is None
    then = replace(colophon, platform=replace(colophon.platform, now=later))
    async with AsyncClient(transport=ASGITransport(create_app(then)), base_url="http://test") as of_then:
        kept = await of_then.get(f"{REPORTS}/{report_id}", headers=acme.otto.headers)
        fetched = await of_then.get(f"{REPORTS}/{report_id}/bundle", headers=acme.otto.headers)
        query = {"query": f'{{ auditReport(id: "{report_id}") {{ state }} }}'}
        graph = await of_then.post("/graphql", json=query, headers=acme.otto.headers)
    assert (kept.json()["state"], fetched.status_code, fetched.json()["state"]) == ("expired", 409, "expired")
    assert "EXPIRED" in graph.text
