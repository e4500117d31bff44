"""An open connection can do what its credential can do now, not what it could when it was opened."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from httpx import AsyncClient

from api.live.rights import Renewals
from app.bootstrap import Colophon
from app.operator import Operator
from domain.ids import DocumentId
from infra import clock
from tenancy.credentials import Credential, Credentials, Unauthenticated
from tenancy.secrets import digest
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import YjsClient, connected
from tests.support.world import Tenant

SOON_SECONDS = 4.0


async def begin(client: YjsClient) -> None:
    await client.until(lambda: client.synced)
    client.type("before")
    await client.acknowledged()


async def is_shut_out(client: YjsClient, colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        assert await client.closed() == 4401
    assert client.close_reason == "The credential is not valid any more."
    client.type(" and after")
    assert await stored_text(colophon, tenant, document_id) == "before"


async def collab_token(client: AsyncClient, document_id: DocumentId, headers: dict[str, str]) -> str:
    issued = await client.post(f"/api/v1/documents/{document_id}/collab-token", headers=headers)
    token: str = issued.json()["token"]
    return token


async def test_a_revoked_key_closes_what_it_opened_and_nothing_else(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.ana.api_key) as ana,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        await begin(ana)
        # when
        await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
        # then
        await is_shut_out(ana, colophon, acme, document_id)
        await olga.until(lambda: olga.synced)
        olga.type(" and still")
        await olga.acknowledged()
    assert await stored_text(colophon, acme, document_id) == "before and still"


async def test_signing_out_closes_what_the_session_opened(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    link = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    async with AsyncClient(base_url=server_url) as browser:
        await browser.get(link.removeprefix("http://test"))
        cookie = f"colophon_session={browser.cookies['colophon_session']}"
        async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
            await begin(ana)
            # when
            token = (await browser.get("/api/v1/session")).json()["csrf_token"]
            assert (await browser.delete("/api/v1/session", headers={"X-CSRF-Token": token})).status_code == 204
            # then
            await is_shut_out(ana, colophon, acme, document_id)


async def test_a_collab_token_dies_with_the_key_that_it_was_issued_to(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    token = await collab_token(client, document_id, acme.ana.headers)
    async with connected(server_url, document_id, token) as ana:
        await begin(ana)
        # when
        await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
        # then
        await is_shut_out(ana, colophon, acme, document_id)
    async with connected(server_url, document_id, token) as ana:
        assert await ana.closed() == 4401


async def test_a_key_that_expires_closes_what_it_opened(
    colophon: Colophon, migrated_database: str, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await begin(ana)
        # when
        async with await psycopg.AsyncConnection.connect(migrated_database) as administrator:
            await administrator.execute(
                "UPDATE read.api_keys SET expires_at = %s WHERE key_id = %s",
                (clock.now() + timedelta(seconds=1), acme.ana.key_id),
            )
        # then
        await is_shut_out(ana, colophon, acme, document_id)


async def test_a_changed_role_changes_what_an_open_connection_may_do(
    colophon: Colophon, client: AsyncClient, migrated_database: str, server_url: str, acme: Tenant
) -> None:
    async def becomes(role: str) -> None:
        async with await psycopg.AsyncConnection.connect(migrated_database) as administrator:
            await administrator.execute(
                "UPDATE read.members SET role = %s WHERE member_id = %s", (role, acme.ana.member_id)
            )

    document_id = await a_plain_document(colophon, acme)
    token = await collab_token(client, document_id, acme.ana.headers)
    async with (
        connected(server_url, document_id, token) as ana,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        await begin(ana)
        # when she may only read
        await becomes("viewer")
        # then
        async with asyncio.timeout(SOON_SECONDS):
            while ana.denied is None:
                ana.type(".")
                await ana.until(lambda: ana.denied is not None or ana.sent[-1] in ana.received)
        kept = await stored_text(colophon, acme, document_id)
        assert kept + "." == str(ana.text)
        # when she may write again
        await becomes("editor")
        # then what was refused meanwhile is taken
        await olga.until(lambda: str(olga.text) == str(ana.text))
    assert await stored_text(colophon, acme, document_id) == kept + "."


class Counted:
    """The directory, and how often it was asked."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self.look_ups = 0

    async def find(self, secret_hash: bytes) -> Credential | None:
        self.look_ups += 1
        return await self._credentials.find(secret_hash)


async def test_many_connections_of_one_credential_cost_one_look_up(colophon: Colophon, acme: Tenant) -> None:
    counted = Counted(colophon.platform.credentials)
    renewals = Renewals(counted, clock.now)
    ana, olga = digest(acme.ana.api_key), digest(acme.olga.api_key)
    # when
    answers = await asyncio.gather(*(renewals.renewed(who) for who in [ana, olga] * 100))
    # then
    assert counted.look_ups == 2
    assert {credential.member_id for credential, _ in answers} == {acme.ana.member_id, acme.olga.member_id}


async def test_an_unknown_credential_is_looked_up_once_and_refused_to_all(colophon: Colophon) -> None:
    counted = Counted(colophon.platform.credentials)
    renewals = Renewals(counted, clock.now)
    answers = await asyncio.gather(*(renewals.renewed(b"nobody's") for _ in range(10)), return_exceptions=True)
    assert counted.look_ups == 1
    assert {type(answer) for answer in answers} == {Unauthenticated}
    with pytest.raises(Unauthenticated):
        await renewals.renewed(b"nobody's")
