"""A document's provenance as its readers see it: by people, AI, imports and nobody knows whom."""

from typing import Any

import pytest
from httpx import AsyncClient
from pycrdt import Doc, Text
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.edit_document import EditDocument
from commands.document.record_edits import RecordEdits
from commands.document.share_document import ShareDocument
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown, AppendText, DeleteRange, InsertText
from domain.document.sharing import Sharing
from domain.yjs.update import read_update
from tests.live.yjs_client import connected
from tests.provenance.histories import (
    a_document,
    accept_from_ai,
    browser_cookie,
    characters_by_origin,
    provenance,
    told,
)
from tests.support.world import Tenant


async def test_another_tenant_finds_no_such_document(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "canary-of-acme")
    response = await client.get(f"/api/v1/documents/{document_id}/provenance", headers=globex.olga.headers)
    assert (response.status_code, response.json()["code"]) == (404, "document.not_found")
    assert str(acme.ana.member_id) not in response.text


async def test_nobody_in_particular_is_told_nothing(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(colophon, acme, "text")
    assert (await client.get(f"/api/v1/documents/{document_id}/provenance")).status_code == 401


async def test_a_document_shared_with_others_only_is_not_found(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "text")
    closed = ShareDocument(document_id=document_id, sharing=Sharing.RESTRICTED, people=())
    await colophon.platform.executor.execute(closed, acme.olga.command())
    response = await client.get(f"/api/v1/documents/{document_id}/provenance", headers=acme.vera.headers)
    assert response.status_code == 404


async def test_each_way_in_has_its_origin_in_order_of_reading(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme, "imported ")
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    # when
    async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
        await ana.until(lambda: str(ana.text) == "imported ")
        ana.type("human ")
        await ana.acknowledged()
    generation_id = await accept_from_ai(colophon, acme.olga, document_id, BodyKind.PLAIN, AppendText(text="model 🦙 "))
    async with connected(server_url, document_id, acme.ana.api_key) as program:
        await program.until(lambda: "model" in str(program.text))
        program.type("program")
        await program.acknowledged()
    # then
    found = await provenance(client, acme.vera, document_id)
    assert told(found, ["imported human model 🦙 program"]) == [
        ("imported ", "imported"),
        ("human ", "human"),
        ("model 🦙 ", "ai"),
        ("program", "api_key"),
    ]
    assert characters_by_origin(found) == {"imported": 9, "human": 6, "ai": 8, "api_key": 7}
    assert found["shares"]["ai"] == {"characters": 8, "share": 0.2667}
    by_origin = {author["origin"]: author for author in found["authors"]}
    assert by_origin["human"]["author"] == {"kind": "member", "id": str(acme.ana.member_id), "name": "Ana"}
    assert by_origin["ai"]["generation_id"] == str(generation_id)
    assert by_origin["ai"]["accepted_by"]["name"] == "Olga"
    assert by_origin["api_key"]["author"]["kind"] == "key"
    assert found["unreviewed_ai"] == 0


async def test_what_a_person_types_into_text_of_an_ai_is_the_persons(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, None, BodyKind.RICH)
    await accept_from_ai(
        colophon, acme.olga, document_id, BodyKind.RICH, AppendMarkdown(markdown="The **bold** llama.")
    )
    typed = EditDocument(document_id=document_id, operations=(InsertText(block=0, offset=8, text="er"),))
    await colophon.platform.executor.execute(typed, acme.ana.command())
    found = await provenance(client, acme.ana, document_id)
    assert told(found, ["The bolder llama."]) == [("The bold", "ai"), ("er", "human"), (" llama.", "ai")]


async def test_what_was_deleted_counts_no_more_and_stands_in_the_past(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "0123456789")
    before = (await provenance(client, acme.ana, document_id))["position"]
    gone = EditDocument(document_id=document_id, operations=(DeleteRange(offset=2, length=5),))
    await colophon.platform.executor.execute(gone, acme.ana.command())
    assert characters_by_origin(await provenance(client, acme.ana, document_id)) == {"imported": 5}
    assert characters_by_origin(await provenance(client, acme.ana, document_id, at=before)) == {"imported": 10}


async def test_an_empty_document_is_nobodys(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    found = await provenance(client, acme.ana, await a_document(colophon, acme))
    assert (found["characters"], found["spans"], found["authors"]) == (0, [], [])
    assert {share["share"] for share in found["shares"].values()} == {0.0}


async def test_ranges_lead_from_the_ids_of_a_yjs_document_to_authors(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "seed ")
    doc: Doc[Any] = Doc(client_id=4711)
    async with connected(server_url, document_id, acme.olga.api_key, doc=doc) as olga:
        await olga.until(lambda: str(olga.text) == "seed ")
        olga.type("abc🦙")
        await olga.acknowledged()
    found = await provenance(client, acme.ana, document_id)
    [own] = [one for one in found["ranges"] if one["client"] == 4711]
    assert (own["start"], own["end"], found["authors"][own["by"]]["author"]["kind"]) == (0, 5, "key")


@pytest.mark.parametrize("at", ["-1", "soon", "1.5", str(2**63), "", "NaN"])
async def test_a_position_is_a_number_from_zero(colophon: Colophon, client: AsyncClient, acme: Tenant, at: str) -> None:
    document_id = await a_document(colophon, acme, "text")
    response = await client.get(
        f"/api/v1/documents/{document_id}/provenance", headers=acme.ana.headers, params={"at": at}
    )
    assert response.status_code == 422


async def test_a_position_to_come_is_now_and_one_before_the_document_finds_none(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "text")
    now = await provenance(client, acme.ana, document_id)
    assert await provenance(client, acme.ana, document_id, at=2**60) == now
    early = await client.get(f"/api/v1/documents/{document_id}/provenance?at=1", headers=acme.ana.headers)
    assert early.status_code == 404


async def test_who_writes_under_the_id_of_somebody_else_is_not_taken_for_them_unmarked(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme)
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    ana_doc: Doc[Any] = Doc(client_id=77)
    async with connected(server_url, document_id, Cookie=cookie, Origin=server_url, doc=ana_doc) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("by Ana")
        await ana.acknowledged()
    # when
    forged: Doc[Any] = Doc(client_id=77)
    async with connected(server_url, document_id, acme.olga.api_key, doc=forged) as mallory:
        await mallory.until(lambda: str(mallory.text) == "by Ana")
        mallory.type(" and more")
        await mallory.acknowledged()
    # then
    found = await provenance(client, acme.ana, document_id)
    assert [(a["author"]["name"], a["relayed"], a["characters"]) for a in found["authors"]] == [
        ("Ana", True, 9),
        ("Ana", False, 6),
    ]


async def test_who_types_first_under_the_client_that_presence_shows_as_anothers_is_not_taken_for_its_owner(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme)
    anas, olgas = [await browser_cookie(colophon, acme, name, server_url) for name in ("ana", "olga")]
    ana_doc: Doc[Any] = Doc(client_id=77)
    async with (
        connected(server_url, document_id, Cookie=anas, Origin=server_url, doc=ana_doc) as ana,
        connected(server_url, document_id, Cookie=olgas, Origin=server_url, doc=Doc(client_id=77)) as mallory,
    ):
        ana.announce(1, "{}")
        await mallory.until(lambda: mallory.synced and 77 in mallory.present)
        # when
        mallory.type("x")
        await mallory.acknowledged()
        forged = await provenance(client, acme.ana, document_id)
        await ana.until(lambda: str(ana.text) == "x")
        ana.type("by Ana")
        await ana.acknowledged()
    # then
    assert characters_by_origin(forged) == {"unknown": 1}
    found = await provenance(client, acme.ana, document_id)
    assert [(a["origin"], a["author"]["name"], a["relayed"], a["characters"]) for a in found["authors"]] == [
        ("human", "Ana", False, 6),
        ("unknown", None, True, 1),
    ]


async def test_text_sent_again_by_another_session_stays_its_authors(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme)
    doc: Doc[Any] = Doc()
    doc["content"] = Text("typed once")
    update = doc.get_update()
    for session, person in (("one", acme.ana), ("two", acme.olga)):
        again = RecordEdits(
            document_id=document_id, session_id=session, updates=(update,), contents=(read_update(update),)
        )
        await colophon.platform.executor.execute(again, person.command())
    found = await provenance(client, acme.vera, document_id)
    assert [(a["author"]["name"], a["characters"]) for a in found["authors"]] == [("Ana", 10)]


async def test_a_document_that_does_not_exist_has_no_provenance(client: AsyncClient, acme: Tenant) -> None:
    response = await client.get(f"/api/v1/documents/{uuid7()}/provenance", headers=acme.ana.headers)
    assert response.status_code == 404
