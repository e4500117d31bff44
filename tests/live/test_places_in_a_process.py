"""One member, or one tenant, does not take all the places of a process."""

from dataclasses import replace

import pytest

from api.limits import Limits
from app.bootstrap import Colophon
from app.web import create_app
from domain.ids import DocumentId
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.support.waiting import until
from tests.support.world import Tenant, serve

LIMITS = [
    (Limits(live_sessions_per_member_max=2), "This member has as many connections as they may.", True),
    (Limits(live_sessions_per_tenant_max=2), "This organisation has as many connections as it may.", False),
]


@pytest.mark.parametrize(("limits", "reason", "others_of_the_tenant_may"), LIMITS, ids=["member", "tenant"])
async def test_places_are_counted_and_come_back(
    colophon: Colophon, acme: Tenant, globex: Tenant, limits: Limits, reason: str, *, others_of_the_tenant_may: bool
) -> None:
    ours = await a_plain_document(colophon, acme)
    theirs = await a_plain_document(colophon, globex)
    app = create_app(replace(colophon, platform=replace(colophon.platform, limits=limits)))
    async with serve(app) as url, connected(url, ours, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        async with connected(url, ours, acme.ana.api_key) as again:
            await again.until(lambda: again.synced)
            async with connected(url, ours, acme.ana.api_key) as third:
                assert (await third.closed(), third.close_reason) == (4529, reason)
            async with connected(url, theirs, globex.ana.api_key) as stranger:
                await stranger.until(lambda: stranger.synced)
            if others_of_the_tenant_may:
                async with connected(url, ours, acme.olga.api_key) as olga:
                    await olga.until(lambda: olga.synced)
        # The place of the one who has left is free as soon as the server has seen it.
        await until(lambda: joins(url, ours, acme))


async def joins(url: str, document_id: DocumentId, tenant: Tenant) -> bool:
    async with connected(url, document_id, tenant.ana.api_key) as client:
        try:
            await client.until(lambda: client.synced)
        except AssertionError:
            return False
        return True
