"""Sessions over plain HTTP: who opens one, whose it is, what they may do in it, and when it ends for them."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from httpx import AsyncClient

from api.limits import Limits
from app.bootstrap import Colophon
from app.operator import Operator
from app.web import create_app
from commands.document.archive_document import ArchiveDocument
from tests.live.http_client import QUESTION, asked_in_every_way, connected_by_http, line_of, live
from tests.live.test_editing_together import a_plain_document, versions
from tests.live.yjs_client import YjsClient, connected
from tests.support.waiting import until
from tests.support.world import Tenant, serve

FAR_AWAY = "0" * 32


@pytest.mark.parametrize("token", [None, "nonsense", "colk_wrong", "colc_wrong.wrong"])
async def test_nobody_gets_in_without_a_credential(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant, token: str | None
) -> None:
    document_id = await a_plain_document(colophon, acme, "secret")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    assert (await client.post(live(document_id), headers=headers)).status_code == 401
    async with connected_by_http(server_url, document_id, acme.ana.headers) as ana:
        session = line_of(ana).address.rpartition("/")[2]
        for session_id in (session, FAR_AWAY):
            answers = await asked_in_every_way(client, document_id, session_id, headers=headers)
            assert {answer.status_code for answer in answers} == {401}
            assert "secret" not in "".join(answer.text for answer in answers)


async def test_another_tenants_document_does_not_exist(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "secret")
    for target in (document_id, uuid4(), "not-an-id"):
        answer = await client.post(live(target), headers=globex.olga.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "live.not_found")
        assert answer.json()["close_code"] == 4404


async def test_a_session_exists_for_the_credential_that_opened_it_and_in_its_document(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    document_id, other = await a_plain_document(colophon, acme, "secret"), await a_plain_document(colophon, acme)
    async with connected_by_http(server_url, document_id, acme.ana.headers) as ana:
        session = line_of(ana).address.rpartition("/")[2]
        for person, target in (
            (globex.olga, document_id),
            (acme.olga, document_id),
            (acme.ana, other),
        ):
            answers = await asked_in_every_way(client, target, session, headers=person.headers)
            assert {answer.json()["code"] for answer in answers} == {"live_session.not_found"}
            assert {answer.status_code for answer in answers} == {404}
        await ana.until(lambda: ana.synced)
        ana.type(", still mine")
        await ana.acknowledged()


async def test_a_browser_session_needs_the_token_of_our_own_pages(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    link = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    async with AsyncClient(base_url=server_url) as browser:
        await browser.get(link.removeprefix("http://test"))
        proof = {"X-CSRF-Token": (await browser.get("/api/v1/session")).json()["csrf_token"]}
        assert (await browser.post(live(document_id))).json()["code"] == "authentication.csrf_token_missing"
        opened = await browser.post(live(document_id), headers=proof)
        messages = live(document_id, f"/{opened.json()['session']}/messages")
        assert (await browser.post(messages, content=QUESTION)).status_code == 403
        assert (await browser.post(messages, content=QUESTION, headers=proof)).status_code == 200
        evil = {**proof, "Origin": "https://evil.example"}
        assert (await browser.post(live(document_id), headers=evil)).json()["close_code"] == 4403


async def test_a_collab_token_opens_its_document_and_no_other(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id, other = await a_plain_document(colophon, acme, "text"), await a_plain_document(colophon, acme)
    issued = await client.post(f"/api/v1/documents/{document_id}/collab-token", headers=acme.ana.headers)
    headers = {"Authorization": f"Bearer {issued.json()['token']}"}
    async with connected_by_http(server_url, document_id, headers) as ana:
        await ana.until(lambda: str(ana.text) == "text")
        ana.type("!")
        await ana.acknowledged()
    assert (await client.post(live(other), headers=headers)).status_code == 401


async def test_a_viewer_sees_every_edit_and_makes_none(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "A")
    before = await versions(colophon, acme, document_id)
    async with connected_by_http(server_url, document_id, acme.vera.headers) as vera:
        await vera.until(lambda: vera.synced)
        vera.type(" (vandalised)")
        await vera.until(lambda: vera.denied == "read-only")
        await until(lambda: _last_code(vera), lambda code: code == "live_session.read_only")
        async with connected(server_url, document_id, acme.ana.api_key) as ana:
            await ana.until(lambda: ana.synced)
            ana.type("B")
            await ana.acknowledged()
        await vera.until(lambda: "B" in str(vera.text))
    assert await versions(colophon, acme, document_id) == before + 1


async def _last_code(client: YjsClient) -> str | None:
    code: str | None = line_of(client).answers[-1].json().get("code")
    return code


async def test_rights_that_end_end_the_session_with_their_reason(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected_by_http(server_url, document_id, acme.ana.headers) as ana,
        connected_by_http(server_url, document_id, acme.olga.headers, streams=False) as olga,
    ):
        await asyncio.gather(ana.until(lambda: ana.synced), olga.until(lambda: olga.synced))
        await Operator(colophon).revoke_api_key(acme.tenant_id, acme.ana.key_id)
        assert await ana.closed() == 4401
        answers = await asked_in_every_way(
            client, document_id, line_of(ana).address.rpartition("/")[2], headers=acme.ana.headers
        )
        assert {answer.status_code for answer in answers} == {401}
        await colophon.platform.executor.execute(ArchiveDocument(document_id=document_id), acme.adam.command())
        assert await olga.closed() == 4409


async def test_a_member_has_only_so_many_sessions(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    sparing = replace(colophon.platform, limits=Limits(http_sessions_per_member_max=2))
    async with serve(create_app(replace(colophon, platform=sparing))) as url, AsyncClient(base_url=url) as http:
        answers = [await http.post(live(document_id), headers=acme.ana.headers) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert (await http.post(live(document_id), headers=acme.olga.headers)).status_code == 201
