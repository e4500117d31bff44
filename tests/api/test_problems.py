"""What a problem tells: a type that leads somewhere, and the truth about whose fault it is."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.graphql.errors import bug_or_refusal
from api.problems import OF_DELIVERY
from app.bootstrap import build
from app.reference.errors import errors_page
from app.web import create_app
from tests.api.test_documents import is_problem
from tests.support.world import installation

NOBODY_LISTENS = "postgresql://postgres@127.0.0.1:1/nothing"
SOME_KEY = {"Authorization": "Bearer colk_" + "x" * 43}


@pytest.fixture
async def without_database() -> AsyncIterator[AsyncClient]:
    """A client of a Colophon whose database is away."""
    colophon = build(installation(NOBODY_LISTENS))
    transport = ASGITransport(create_app(colophon), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as http:
        yield http
    await colophon.stop()


@pytest.mark.parametrize("code", [*OF_DELIVERY, *(f"http.{s.name.lower()}" for s in HTTPStatus if s >= 400)])
async def test_a_problem_of_delivery_has_a_page(client: AsyncClient, code: str) -> None:
    # when
    page = await client.get(f"/problems/{code}")
    # then
    assert page.status_code == 200
    assert code in page.text
    assert "HTTP status " in page.text


@pytest.mark.parametrize("code", ["http.ok", "http.", "http", "http.nothing", "nothing"])
async def test_a_code_that_no_problem_has_leads_nowhere(client: AsyncClient, code: str) -> None:
    assert is_problem(await client.get(f"/problems/{code}"), "http.not_found", 404)


@pytest.mark.parametrize("code", OF_DELIVERY)
def test_the_reference_says_what_the_page_says(code: str) -> None:
    assert f"## {code}\n\nStatus {OF_DELIVERY[code].status}. {OF_DELIVERY[code].meaning}" in errors_page()


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/documents"), ("POST", "/graphql"), ("GET", "/metrics")])
async def test_a_database_that_is_away_is_said_to_be_away(
    without_database: AsyncClient, method: str, path: str
) -> None:
    # when
    response = await without_database.request(method, path, headers=SOME_KEY)
    # then
    assert is_problem(response, "database.unavailable", 503)
    assert int(response.headers["retry-after"]) >= 1
    assert "127.0.0.1" not in response.text


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT secret", None, OSError("host")),
        InterfaceError("SELECT secret", None, OSError("host")),
        PoolTimeout("secret"),
    ],
)
def test_graphql_says_that_the_database_is_away(error: Exception) -> None:
    # when
    shown = bug_or_refusal(error, "r1")
    # then
    assert shown["extensions"]["code"] == "UNAVAILABLE"
    assert shown["extensions"]["retryAfterSeconds"] >= 1
    assert "secret" not in shown["message"]
