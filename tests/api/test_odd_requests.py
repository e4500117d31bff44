"""Requests that no honest client sends are answered, never crashed on, and use nothing up."""

from dataclasses import replace
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from app.operator import Operator
from app.web import create_app
from tests.api.test_documents import created_id, is_problem
from tests.support.world import Tenant


async def test_a_csrf_token_outside_ascii_is_just_wrong(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    # given
    url = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    await client.get(url.removeprefix("http://test"))
    # when
    response = await client.post("/api/v1/documents", json={"title": "x"}, headers={b"X-CSRF-Token": b"\xe9"})
    # then
    assert is_problem(response, "authentication.csrf_token_missing", 403)


@pytest.mark.parametrize(
    ("path", "status"), [("/%00", 404), ("/assets/%00", 404), ("/" + "x" * 300, 200), ("/d/" + "y/" * 3_000, 200)]
)
async def test_a_path_that_no_file_can_have_is_a_page_or_not_found(
    colophon: Colophon, tmp_path: Path, path: str, status: int
) -> None:
    # given
    (tmp_path / "index.html").write_text("<p>page</p>")
    served = replace(colophon, platform=replace(colophon.platform, static_folder=tmp_path))
    transport = ASGITransport(create_app(served), raise_app_exceptions=False)
    # when
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get(path)
    # then
    assert response.status_code == status


@pytest.mark.parametrize(
    "question",
    [
        "events?after=99999999999999999999",
        "documents?at_least=99999999999999999999",
        "documents/{id}?at_least=99999999999999999999",
        "documents/{id}/revisions?at_least=99999999999999999999",
        "documents/{id}/content?at=99999999999999999999",
        "documents/{id}/content?at_least=99999999999999999999",
    ],
)
async def test_a_position_that_no_log_reaches_is_refused(client: AsyncClient, acme: Tenant, question: str) -> None:
    document_id = await created_id(client, acme.ana)
    response = await client.get(f"/api/v1/{question.format(id=document_id)}", headers=acme.olga.headers)
    assert is_problem(response, "request.invalid", 422)


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "insert_text", "block": 10**20, "offset": 0, "text": "x"},
        {"type": "insert_text", "block": 0, "offset": 10**20, "text": "x"},
        {"type": "delete_block", "block": 10**20},
    ],
)
async def test_a_place_that_no_document_has_is_refused(
    client: AsyncClient, acme: Tenant, operation: dict[str, object]
) -> None:
    document_id = await created_id(client, acme.ana, markdown="Hello")
    response = await client.post(
        f"/api/v1/documents/{document_id}/edits", json={"operations": [operation]}, headers=acme.ana.headers
    )
    assert response.status_code == 422


@pytest.mark.parametrize("target", ["//[x", "/[x", "//x]", "http://[x"])
async def test_a_page_that_cannot_be_read_does_not_use_up_the_sign_in_link(
    client: AsyncClient, colophon: Colophon, acme: Tenant, target: str
) -> None:
    # given
    url = await Operator(colophon).sign_in_link(acme.tenant_id, f"ana@{acme.slug}.example")
    # when
    response = await client.get(url.removeprefix("http://test"), params={"next": target})
    # then
    assert response.status_code == 303
    assert response.headers["location"] in {"/", "/[x"}
    assert (await client.get("/api/v1/session")).json()["member"]["name"] == "Ana"
