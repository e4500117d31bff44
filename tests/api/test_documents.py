"""Documents over REST: who may, what is answered, what a repetition does."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from tests.support.world import Person, Tenant

EVERY_ROUTE = [
    ("POST", "/api/v1/documents"),
    ("GET", "/api/v1/documents"),
    ("GET", "/api/v1/documents/{id}"),
    ("DELETE", "/api/v1/documents/{id}"),
    ("GET", "/api/v1/documents/{id}/content"),
    ("POST", "/api/v1/documents/{id}/edits"),
    ("POST", "/api/v1/documents/{id}/title"),
    ("POST", "/api/v1/documents/{id}/archival"),
    ("DELETE", "/api/v1/documents/{id}/archival"),
    ("GET", "/api/v1/documents/{id}/revisions"),
    ("POST", "/api/v1/documents/{id}/collab-token"),
]
BODIES = {
    "/api/v1/documents": {"title": "Mine now"},
    "/api/v1/documents/{id}/edits": {"operations": [{"type": "append_markdown", "markdown": "x"}]},
    "/api/v1/documents/{id}/title": {"title": "Mine now"},
}


async def create(client: AsyncClient, person: Person, **wanted: str) -> Response:
    body = {"title": "Contract", **wanted}
    return await client.post("/api/v1/documents", json=body, headers=person.headers)


async def created_id(client: AsyncClient, person: Person, **wanted: str) -> str:
    response = await create(client, person, **wanted)
    assert response.status_code == 201, response.text
    document_id: str = response.json()["id"]
    return document_id


def is_problem(response: Response, code: str, status: int) -> bool:
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["request_id"] == response.headers["x-request-id"]
    return (body["code"], body["status"], response.status_code) == (code, status, status)


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
async def test_nobody_gets_in_without_a_credential(client: AsyncClient, method: str, path: str) -> None:
    response = await client.request(method, path.format(id=uuid4()), json=BODIES.get(path))
    assert is_problem(response, "authentication.required", 401)


@pytest.mark.parametrize(("method", "path"), [route for route in EVERY_ROUTE if "{id}" in route[1]])
async def test_another_tenants_document_does_not_exist(
    client: AsyncClient, acme: Tenant, globex: Tenant, method: str, path: str
) -> None:
    document_id = await created_id(client, acme.ana, markdown="Secret plans")
    response = await client.request(
        method, path.format(id=document_id), json=BODIES.get(path), headers=globex.olga.headers
    )
    unknown = await client.request(method, path.format(id=uuid4()), json=BODIES.get(path), headers=globex.olga.headers)
    assert is_problem(response, "document.not_found", 404)
    differing = {"instance", "request_id"}
    assert {k: v for k, v in response.json().items() if k not in differing} == {
        k: v for k, v in unknown.json().items() if k not in differing
    }


async def test_another_tenants_documents_are_not_listed(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    receipt = (await create(client, acme.ana)).json()["receipt"]
    ours = await client.get(f"/api/v1/documents?at_least={receipt['position']}", headers=acme.ana.headers)
    theirs = await client.get("/api/v1/documents", headers=globex.ana.headers)
    assert [item["title"] for item in ours.json()["items"]] == ["Contract"]
    assert theirs.json() == {"items": [], "next_cursor": None}


async def test_a_viewer_reads_and_does_not_write(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="Hello")
    content = await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.vera.headers)
    assert content.text.strip() == "Hello"
    assert is_problem(await create(client, acme.vera), "permission.missing", 403)
    title = await client.post(f"/api/v1/documents/{document_id}/title", json={"title": "x"}, headers=acme.vera.headers)
    assert is_problem(title, "permission.missing", 403)


async def test_a_created_document_is_answered_with_its_id_version_and_receipt(
    client: AsyncClient, acme: Tenant
) -> None:
    response = await create(client, acme.ana, title="  Contract  ", body="plain", text="Hello")
    body = response.json()
    assert response.status_code == 201
    assert (body["title"], body["body"], body["version"]) == ("Contract", "plain", 1)
    assert body["receipt"]["position"] > 0
    assert response.headers["location"].endswith(body["id"])


async def test_what_was_written_is_read_when_its_receipt_is_shown(client: AsyncClient, acme: Tenant) -> None:
    for number in range(5):
        receipt = (await create(client, acme.ana, title=f"Number {number}")).json()["receipt"]
        listed = await client.get(
            "/api/v1/documents", params={"at_least": receipt["position"], "limit": 1}, headers=acme.vera.headers
        )
        assert listed.json()["items"][0]["title"] == f"Number {number}"


async def test_a_position_that_never_comes_marks_the_answer_as_stale(client: AsyncClient, acme: Tenant) -> None:
    response = await client.get("/api/v1/documents?at_least=999999", headers=acme.ana.headers)
    assert response.status_code == 200
    assert response.headers["x-colophon-stale"] == "true"


async def test_the_same_idempotency_key_creates_one_document(client: AsyncClient, acme: Tenant) -> None:
    headers = {**acme.ana.headers, "Idempotency-Key": "order-4711"}
    first = await client.post("/api/v1/documents", json={"title": "Once"}, headers=headers)
    again = await client.post("/api/v1/documents", json={"title": "Once"}, headers=headers)
    assert first.json() == again.json()
    other = await client.post("/api/v1/documents", json={"title": "Other"}, headers=headers)
    assert is_problem(other, "idempotency.key_reused", 422)


async def test_a_rename_with_an_outdated_version_is_refused_with_the_current_one(
    client: AsyncClient, acme: Tenant
) -> None:
    document_id = await created_id(client, acme.ana)
    url = f"/api/v1/documents/{document_id}/title"
    renamed = await client.post(url, json={"title": "B"}, headers={**acme.ana.headers, "If-Match": '"1"'})
    late = await client.post(url, json={"title": "C"}, headers={**acme.olga.headers, "If-Match": '"1"'})
    assert (renamed.json()["version"], renamed.headers["etag"]) == (2, '"2"')
    assert is_problem(late, "stream.version_conflict", 409)
    assert late.json()["current_version"] == 2


async def test_an_archived_document_is_read_and_restored_but_not_edited(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="Text")
    archived = await client.delete(f"/api/v1/documents/{document_id}", headers=acme.ana.headers)
    position = archived.json()["receipt"]["position"]
    edit = await client.post(
        f"/api/v1/documents/{document_id}/edits", json=BODIES[EVERY_ROUTE[5][1]], headers=acme.ana.headers
    )
    assert is_problem(edit, "document.archived", 409)
    listed = await client.get(
        "/api/v1/documents", params={"archived": True, "at_least": position}, headers=acme.ana.headers
    )
    assert [item["id"] for item in listed.json()["items"]] == [document_id]
    restored = await client.delete(f"/api/v1/documents/{document_id}/archival", headers=acme.ana.headers)
    assert restored.json()["version"] == 3


async def test_pages_follow_each_other_without_gap_or_repetition(client: AsyncClient, acme: Tenant) -> None:
    for number in range(7):
        receipt = (await create(client, acme.ana, title=f"Number {number}")).json()["receipt"]
    titles: list[str] = []
    params: dict[str, str | int] = {"limit": 3, "at_least": receipt["position"]}
    while True:
        page = (await client.get("/api/v1/documents", params=params, headers=acme.ana.headers)).json()
        titles += [item["title"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert titles == [f"Number {number}" for number in reversed(range(7))]


async def test_a_cursor_of_another_tenant_is_refused(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    for _ in range(2):
        receipt = (await create(client, acme.ana)).json()["receipt"]
    params = {"limit": 1, "at_least": receipt["position"]}
    cursor = (await client.get("/api/v1/documents", params=params, headers=acme.ana.headers)).json()["next_cursor"]
    stolen = await client.get("/api/v1/documents", params={"cursor": cursor}, headers=globex.ana.headers)
    assert is_problem(stolen, "request.cursor_refused", 422)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"title": ""}, "document.title_refused"),
        ({"title": "x" * 301}, "document.title_refused"),
        ({"title": "two\nlines"}, "document.title_refused"),
        ({"title": "x", "markdown": "a", "text": "b"}, "request.invalid"),
        ({"title": "x", "colour": "red"}, "request.invalid"),
        ({"title": 7}, "request.invalid"),
        ({}, "request.invalid"),
    ],
)
async def test_a_document_that_cannot_be_is_refused_with_a_reason(
    client: AsyncClient, acme: Tenant, body: dict[str, object], code: str
) -> None:
    response = await client.post("/api/v1/documents", json=body, headers=acme.ana.headers)
    assert is_problem(response, code, 422)


async def test_a_body_over_the_limit_is_refused_and_the_next_request_is_served(
    client: AsyncClient, acme: Tenant
) -> None:
    too_large = b'{"title": "' + b"x" * 11_000_000 + b'"}'
    response = await client.post("/api/v1/documents", content=too_large, headers=acme.ana.headers)
    assert is_problem(response, "request.too_large", 413)

    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1_000_000

    response = await client.post("/api/v1/documents", content=streamed(), headers=acme.ana.headers)
    assert is_problem(response, "request.too_large", 413)
    assert (await create(client, acme.ana)).status_code == 201


@pytest.mark.parametrize(
    "query", ["text=%00", "limit=0", "limit=101", "limit=x", "at_least=-1", "cursor=x", "cursor=%00"]
)
async def test_a_question_that_makes_no_sense_is_refused(client: AsyncClient, acme: Tenant, query: str) -> None:
    response = await client.get(f"/api/v1/documents?{query}", headers=acme.ana.headers)
    assert response.status_code == 422


async def test_an_id_that_is_none_is_a_clear_refusal(client: AsyncClient, acme: Tenant) -> None:
    response = await client.get("/api/v1/documents/not-an-id", headers=acme.ana.headers)
    assert is_problem(response, "request.invalid", 422)


async def test_a_harmless_request_id_is_echoed_and_another_one_replaced(client: AsyncClient, acme: Tenant) -> None:
    kept = await client.get("/api/v1/documents", headers={**acme.ana.headers, "X-Request-ID": "trace-1"})
    replaced = await client.get("/api/v1/documents", headers={**acme.ana.headers, "X-Request-ID": "ana@x <b>"})
    assert kept.headers["x-request-id"] == "trace-1"
    assert "ana" not in replaced.headers["x-request-id"]
