"""A plan's caps bind, also for requests at the same moment; a suspended tenant is shut."""

import asyncio

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from app.operator import Operator
from domain.directory.plans import PLANS, Plan
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.members.people import accept, invite, secret_in, sign_in
from tests.support.world import Tenant, open_tenant


async def test_two_invitations_at_once_do_not_exceed_the_plan(client: AsyncClient, colophon: Colophon) -> None:
    # given room for one more
    tenant = await open_tenant(colophon, plan="free")
    await client.delete(f"/api/v1/members/{tenant.vera.member_id}", headers=tenant.olga.headers)
    # when
    answers = await asyncio.gather(*(invite(client, tenant.olga, f"p{n}@acme.example") for n in range(4)))
    # then
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    refused = next(a.json() for a in answers if a.status_code == 409)
    assert {name: refused[name] for name in ("code", "plan", "limit", "maximum")} == {
        "code": "plan.limit_reached", "plan": "free", "limit": "members", "maximum": 5,
    }  # fmt: skip
    made = next(a for a in answers if a.status_code == 201)
    assert (await accept(client, secret_in(made))).status_code == 201


async def test_documents_do_not_exceed_the_plan_and_archived_ones_make_room(
    client: AsyncClient, colophon: Colophon, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Plan(name="free", members_max=5, documents_max=2, tenant_month_micros_max=0)
    monkeypatch.setitem(PLANS, "free", small)
    tenant = await open_tenant(colophon, plan="free")

    async def create() -> tuple[int, str]:
        made = await client.post("/api/v1/documents", json={"title": "Notes"}, headers=tenant.ana.headers)
        return made.status_code, made.json().get("id")

    made = await asyncio.gather(*(create() for _ in range(4)))
    assert sorted(status for status, _ in made) == [201, 201, 409, 409]
    first, second = [document_id for status, document_id in made if status == 201]
    await client.delete(f"/api/v1/documents/{first}", headers=tenant.ana.headers)
    assert (await create())[0] == 201
    back = await client.delete(f"/api/v1/documents/{first}/archival", headers=tenant.ana.headers)
    assert (back.status_code, back.json()["limit"]) == (409, "documents")
    assert (await client.get(f"/api/v1/documents/{second}/content", headers=tenant.ana.headers)).status_code == 200


async def test_another_plan_counts_at_once(client: AsyncClient, colophon: Colophon) -> None:
    tenant = await open_tenant(colophon, plan="free")
    assert (await invite(client, tenant.olga, "p@acme.example")).status_code == 409
    await Operator(colophon).change_plan(tenant.tenant_id, "enterprise")
    assert (await invite(client, tenant.olga, "p@acme.example")).status_code == 201
    plans = (await client.get("/api/v1/plans", headers=tenant.vera.headers)).json()["items"]
    assert [(p["name"], p["current"]) for p in plans] == [("free", False), ("team", False), ("enterprise", True)]
    assert (await client.get("/api/v1/plans")).status_code == 401


async def test_a_suspended_tenant_is_shut_and_nobody_elses(
    client: AsyncClient, colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "Shared")
    operator = Operator(colophon)
    invited = secret_in(await invite(client, acme.olga, "p@acme.example"))
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        # when
        await operator.suspend(acme.tenant_id, reason="Unpaid")
        # then
        assert await ana.closed() == 4401
    assert (await client.get("/api/v1/session", headers=acme.olga.headers)).status_code == 401
    assert (await accept(client, invited)).status_code == 404
    assert (await sign_in(client, acme, f"olga@{acme.slug}.example")).status_code == 401
    assert (await client.get("/api/v1/session", headers=globex.olga.headers)).status_code == 200
    await operator.resume(acme.tenant_id)
    assert (await client.get("/api/v1/session", headers=acme.olga.headers)).status_code == 200
