"""Every event is an audit entry; auditors see it under filters, without content, and nobody else sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.evidence.entries import STREAMS_OF_ONE, streams_of
from domain.evidence.merkle import inclusion_root, is_consistent
from domain.ids import DocumentId
from infra.evidence import verify
from projections.event_feed import document_streams
from tests.evidence.test_sealing_checkpoints import sealed
from tests.support.world import Person, Tenant

ROUTES = (
    "/api/v1/audit/entries",
    "/api/v1/audit/checkpoint",
    "/api/v1/audit/proof/inclusion?position=1",
    "/api/v1/audit/proof/consistency?from=1&to=2",
)
CANARY = "Halibut-77"


async def document(client: AsyncClient, person: Person, title: str = CANARY) -> str:
    made = await client.post("/api/v1/documents", json={"title": title, "markdown": title}, headers=person.headers)
    return str(made.json()["id"])


async def entries(client: AsyncClient, person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/audit/entries", params=query, headers=person.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("route", ROUTES)
async def test_nobody_without_the_right_reads_the_audit_log(client: AsyncClient, acme: Tenant, route: str) -> None:
    assert (await client.get(route)).status_code == 401
    for person in (acme.ana, acme.vera):
        refused = await client.get(route, headers=person.headers)
        assert (refused.status_code, refused.json()["permission"]) == (403, "audit:read")


async def test_another_tenants_entries_and_proofs_are_never_seen(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    theirs = await document(client, acme.ana)
    await sealed(colophon, acme.otto, 1)
    for query in ({}, {"subject": theirs}, {"actor": f"member:{acme.ana.member_id}"}):
        found = str(await entries(client, globex.otto, **query))
        assert str(acme.tenant_id) not in found
        assert theirs not in found
    await sealed(colophon, globex.otto, 1)
    checkpoint = await client.get("/api/v1/audit/checkpoint", headers=globex.otto.headers)
    assert checkpoint.json()["origin"].endswith(str(globex.tenant_id))


async def test_entries_say_who_did_what_to_what_and_hold_no_content(client: AsyncClient, acme: Tenant) -> None:
    document_id = await document(client, acme.ana)
    created, *_ = await entries(client, acme.otto, action="document.created")
    assert created["actor"] == {"kind": "key", "id": str(acme.ana.key_id), "name": None}
    assert created["subject"] == {"kind": "document", "id": document_id}
    assert (created["category"], created["outcome"]) == ("create", "done")
    everything = str(await entries(client, acme.otto, limit=100))
    for text in (CANARY, acme.slug, "@"):
        assert text not in everything


async def test_entries_come_newest_first_page_by_page_and_none_is_left_out(client: AsyncClient, acme: Tenant) -> None:
    await document(client, acme.ana)
    for order in ("desc", "asc"):
        positions, cursor = [], None
        while True:
            query = {"limit": 3, "order": order} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(ROUTES[0], params=query, headers=acme.otto.headers)).json()
            positions += [item["position"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert positions == sorted(range(1, len(positions) + 1), reverse=order == "desc")


async def test_what_was_said_named_and_taken_back_is_about_the_document(client: AsyncClient, acme: Tenant) -> None:
    # given
    one = await document(client, acme.ana)
    for path, body in (
        ("comments", {"body": "Why?"}),
        ("versions", {"label": "First"}),
        ("edits", {"operations": [{"type": "append_markdown", "markdown": "More"}]}),
        ("undo", None),
    ):
        done = await client.post(f"/api/v1/documents/{one}/{path}", json=body, headers=acme.ana.headers)
        assert done.is_success, done.text
    # when
    found = await entries(client, acme.otto, subject=one)
    # then
    assert {"comment.made.v1", "version.named.v1", "edits.reversed.v1"} <= {entry["action"] for entry in found}
    assert {entry["subject"]["id"] for entry in found} == {one}


def test_every_stream_of_a_document_is_about_it_here_and_for_who_verifies_a_report() -> None:
    document_id = DocumentId(uuid4())
    assert set(document_streams(document_id)) <= set(streams_of(document_id))
    assert STREAMS_OF_ONE == verify.STREAMS_OF_ONE


async def test_filters_narrow_by_period_actor_action_subject_and_text(client: AsyncClient, acme: Tenant) -> None:
    one, other = await document(client, acme.ana), await document(client, acme.adam)
    assert {e["subject"]["id"] for e in await entries(client, acme.otto, subject=one)} == {one}
    assert {e["subject"]["id"] for e in await entries(client, acme.otto, actor=acme.adam.key_id)} == {other}
    assert {e["actor"]["kind"] for e in await entries(client, acme.otto, actor="operator")} == {"operator"}
    assert {e["action"] for e in await entries(client, acme.otto, text="CREATED")} == {"document.created.v1"}
    assert await entries(client, acme.otto, text="100%") == []
    assert await entries(client, acme.otto, subject=str(uuid4())) == []
    newest, oldest = (await entries(client, acme.otto))[0], (await entries(client, acme.otto, order="asc"))[0]
    middle = datetime.fromisoformat(newest["at"])
    before = await entries(client, acme.otto, to=middle.isoformat(), limit=100)
    after = await entries(client, acme.otto, **{"from": middle.isoformat()}, limit=100)
    assert {e["position"] for e in before}.isdisjoint(e["position"] for e in after)
    assert {oldest["position"], newest["position"]} <= {e["position"] for e in before + after}
    assert await entries(client, acme.otto, to=(datetime(2001, 1, 1, tzinfo=UTC)).isoformat()) == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "audit.period_refused"),
        ({"from": "2026-02-01"}, "request.invalid"),
        ({"from": "yesterday"}, "request.invalid"),
        ({"actor": "member:%"}, "audit.actor_refused"),
        ({"action": "x" * 201}, "request.invalid"),
        ({"text": "\0"}, "request.invalid"),
        ({"cursor": "AAAA"}, "request.cursor_refused"),
        ({"order": "sideways"}, "request.invalid"),
    ],
)
async def test_a_filter_that_cannot_be_meant_is_refused(
    client: AsyncClient, acme: Tenant, query: dict[str, str], code: str
) -> None:
    refused = await client.get(ROUTES[0], params=query, headers=acme.otto.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_document_that_is_not_shared_with_the_auditor_is_no_subject(client: AsyncClient, acme: Tenant) -> None:
    document_id = await document(client, acme.ana)
    await client.put(
        f"/api/v1/documents/{document_id}/sharing",
        json={"sharing": "restricted", "people": []},
        headers=acme.ana.headers,
    )
    found = await entries(client, acme.otto, action="document.")
    assert {entry["subject"] for entry in found} == {None}
    assert document_id not in str(found)
    assert document_id in str(await entries(client, acme.olga, action="document."))


async def test_proofs_over_the_api_hold(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    older = await sealed(colophon, acme.otto, 1)
    await document(client, acme.ana)
    newest = (await entries(client, acme.otto))[0]
    newer = await sealed(colophon, acme.otto, newest["position"])
    answer = await client.get(
        "/api/v1/audit/proof/inclusion",
        params={"position": newest["position"], "size": newer.size},
        headers=acme.otto.headers,
    )
    proof = answer.json()
    assert proof["leaf_hash"] == newest["leaf_hash"]
    leaf, path = bytes.fromhex(proof["leaf_hash"]), [bytes.fromhex(node) for node in proof["path"]]
    assert inclusion_root(newest["position"] - 1, newer.size, leaf, path) == newer.root
    grew = await client.get(
        "/api/v1/audit/proof/consistency", params={"from": older.size, "to": newer.size}, headers=acme.otto.headers
    )
    nodes = [bytes.fromhex(node) for node in grew.json()["path"]]
    assert is_consistent(older.size, newer.size, older.root, newer.root, nodes)
    for wrong in ("inclusion?position=0", "consistency?from=3&to=2", f"inclusion?position={2**63}"):
        refused = await client.get(f"/api/v1/audit/proof/{wrong}", headers=acme.otto.headers)
        assert refused.status_code == 422


async def test_the_period_is_half_open(client: AsyncClient, acme: Tenant) -> None:
    at = datetime.fromisoformat((await entries(client, acme.otto))[0]["at"])
    exactly = {"from": at.isoformat(), "to": (at + timedelta(microseconds=1)).isoformat()}
    assert {datetime.fromisoformat(e["at"]) for e in await entries(client, acme.otto, **exactly)} == {at}
    assert await entries(client, acme.otto, **{"from": at.isoformat(), "to": at.isoformat()}) == []
