"""Liveness, readiness, metrics, the web app's files and the API's description."""

from dataclasses import replace
from pathlib import Path

from httpx import ASGITransport, AsyncClient
from structlog.testing import capture_logs

from app.bootstrap import Colophon
from app.web import create_app, openapi_document
from tests.api.test_documents import is_problem
from tests.support.world import Tenant


async def test_a_living_process_says_so(client: AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"status": "alive"}


async def test_a_ready_process_says_so(client: AsyncClient) -> None:
    assert (await client.get("/readyz")).json() == {"status": "ready", "failures": {}}


async def test_metrics_count_requests_and_the_lag_and_name_no_tenant(client: AsyncClient, acme: Tenant) -> None:
    await client.get("/api/v1/documents", headers=acme.ana.headers)
    text = (await client.get("/metrics")).text
    assert 'colophon_http_requests_total{method="GET",route="/api/v1/documents",status="200"}' in text
    assert 'colophon_projection_lag_events{projection="document_library"}' in text
    assert str(acme.tenant_id) not in text
    assert acme.slug not in text


async def test_an_auditor_reads_the_feed_without_gaps_and_a_viewer_does_not(client: AsyncClient, acme: Tenant) -> None:
    feed = (await client.get("/api/v1/events?limit=100", headers=acme.otto.headers)).json()
    assert [e["position"] for e in feed["items"]] == list(range(1, 12))
    assert feed["items"][0]["name"] == "tenant.opened.v1"
    assert all(len(e["leaf_hash"]) == 64 for e in feed["items"])
    refused = await client.get("/api/v1/events", headers=acme.vera.headers)
    assert is_problem(refused, "permission.missing", 403)


async def test_an_admin_sees_the_members_of_the_tenant_and_nobody_elses(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    seen = (await client.get("/api/v1/members", headers=acme.adam.headers)).json()["items"]
    assert {m["email"] for m in seen} == {f"{name}@{acme.slug}.example" for name in acme.people}
    assert globex.people


async def test_pages_that_were_not_built_are_explained(colophon: Colophon, tmp_path: Path) -> None:
    unbuilt = replace(colophon, platform=replace(colophon.platform, static_folder=tmp_path))
    async with AsyncClient(transport=ASGITransport(create_app(unbuilt)), base_url="http://test") as client:
        response = await client.get("/")
    assert response.status_code == 503
    assert "make install" in response.text


async def test_no_path_leads_out_of_the_web_apps_folder(colophon: Colophon, tmp_path: Path) -> None:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<p>page</p>")
    (tmp_path / "secret.txt").write_text("secret")
    served = replace(colophon, platform=replace(colophon.platform, static_folder=folder))
    async with AsyncClient(transport=ASGITransport(create_app(served)), base_url="http://test") as client:
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt"):
            response = await client.get(path)
            assert "secret" not in response.text
        page = await client.get("/d/some-document")
    assert page.text == "<p>page</p>"
    assert "default-src 'self'" in page.headers["content-security-policy"]


async def test_an_unknown_api_path_is_a_problem_and_not_a_page(client: AsyncClient) -> None:
    assert is_problem(await client.get("/api/v1/nothing"), "http.not_found", 404)


async def test_a_problems_type_leads_to_a_page_about_it(client: AsyncClient, acme: Tenant) -> None:
    refused = await client.post("/api/v1/documents", json={"title": ""}, headers=acme.ana.headers)
    page = await client.get(refused.json()["type"])
    assert page.status_code == 200
    assert "A title is one line of visible text" in page.text
    assert is_problem(await client.get("/problems/nothing.like.it"), "http.not_found", 404)


def test_the_openapi_document_lists_every_resource() -> None:
    paths = openapi_document()["paths"]
    assert {"/api/v1/documents", "/api/v1/documents/{document_id}/content", "/api/v1/session"} <= set(paths)


async def test_each_request_leaves_one_line_that_says_who_and_never_what(client: AsyncClient, acme: Tenant) -> None:
    with capture_logs() as lines:
        await client.post(
            "/api/v1/documents",
            json={"title": "Merger with Initech"},
            headers={**acme.ana.headers, "X-Request-ID": "trace-7"},
        )
    (answered,) = [line for line in lines if line["event"] == "request.answered"]
    assert (answered["route"], answered["status"]) == ("/api/v1/documents", 201)
    assert answered["tenant"] == str(acme.tenant_id)
    assert answered["actor"] == f"key:{acme.ana.key_id}"
    assert "Initech" not in repr(lines)
    assert acme.ana.api_key not in repr(lines)
