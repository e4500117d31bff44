"""GraphQL over HTTP: media types, statuses, cookies, and what is not a request."""

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.graphql.conftest import sign_in
from tests.support.world import Tenant

GRAPHQL_RESPONSE = "application/graphql-response+json"
VIEWER = {"query": "{ viewer { id } }"}
WRONG = {"query": "{ nobody }"}


async def test_plain_json_is_answered_in_plain_json(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post("/graphql", json=VIEWER, headers=acme.ana.headers)
    # then
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, f"{GRAPHQL_RESPONSE}; charset=utf-8, application/json;q=0.9"])
async def test_the_media_type_of_the_specification_is_honoured(client: AsyncClient, acme: Tenant, accept: str) -> None:
    # when
    response = await client.post("/graphql", json=VIEWER, headers={**acme.ana.headers, "Accept": accept})
    # then
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"


async def test_a_request_that_never_ran_is_400_in_the_specifications_media_type(
    client: AsyncClient, acme: Tenant
) -> None:
    # when
    response = await client.post("/graphql", json=WRONG, headers={**acme.ana.headers, "Accept": GRAPHQL_RESPONSE})
    # then
    assert response.status_code == 400
    assert "data" not in response.json()


async def test_a_request_that_never_ran_is_200_in_plain_json(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post("/graphql", json=WRONG, headers=acme.ana.headers)
    # then
    assert response.status_code == 200
    assert "data" not in response.json()


async def test_an_error_inside_a_running_request_is_200(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post(
        "/graphql",
        json={"query": "{ tenant { members { totalCount } } }"},
        headers={**acme.ana.headers, "Accept": GRAPHQL_RESPONSE},
    )
    # then
    assert response.status_code == 200
    assert response.json()["data"] is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"}{",
        b"[]",
        b'"x"',
        b"{}",
        b'{"query": 1}',
        b'{"query": " "}',
        b"[" * 100_000,
        b'{"query": "{ viewer { id } }", "variables": {"half a character": "\\ud800"}}',
        b'{"query": "{ viewer { id } }", "variables": []}',
        b'{"query": "{ viewer { id } }", "operationName": 1}',
        b'[{"query": "{ viewer { id } }"}, {"query": "{ viewer { id } }"}]',
    ],
)
async def test_what_is_no_request_is_400(client: AsyncClient, acme: Tenant, content: bytes) -> None:
    # when
    response = await client.post(
        "/graphql", content=content, headers={**acme.ana.headers, "Content-Type": "application/json"}
    )
    # then
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"]


async def test_other_content_types_are_415(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post(
        "/graphql", content=b"query={viewer{id}}", headers={**acme.ana.headers, "Content-Type": "text/plain"}
    )
    # then
    assert response.status_code == 415


async def test_other_media_types_are_406(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post("/graphql", json=VIEWER, headers={**acme.ana.headers, "Accept": "text/html"})
    # then
    assert response.status_code == 406


async def test_a_link_cannot_run_an_operation(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.get("/graphql", params=VIEWER, headers=acme.ana.headers)
    # then
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


async def test_a_subscription_by_post_says_where_it_goes(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post(
        "/graphql",
        json={"query": 'subscription { documentEvents(documentId: "x") { seq } }'},
        headers=acme.ana.headers,
    )
    # then
    (error,) = response.json()["errors"]
    assert "text/event-stream" in error["message"]


async def test_one_of_several_operations_is_chosen_by_name(client: AsyncClient, acme: Tenant) -> None:
    # given
    both = "query A { viewer { displayName } } query B { tenant { name } }"
    # when
    answers = [
        (await client.post("/graphql", json={"query": both, "operationName": name}, headers=acme.ana.headers)).json()
        for name in ("A", "B", "C", None)
    ]
    # then
    assert answers[0]["data"] == {"viewer": {"displayName": "Ana"}}
    assert answers[1]["data"] == {"tenant": {"name": "Acme"}}
    assert all("data" not in answer and answer["errors"] for answer in answers[2:])


async def test_a_browser_session_needs_the_token_of_our_own_pages(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    # given
    token = await sign_in(colophon, client, acme, acme.vera)
    # when
    without, wrong, right = [
        await client.post("/graphql", json={"query": "{ viewer { displayName } }"}, headers=headers)
        for headers in ({}, {"X-CSRF-Token": "guess"}, token)
    ]
    # then
    assert (without.status_code, wrong.status_code) == (403, 403)
    assert right.json() == {"data": {"viewer": {"displayName": "Vera"}}}


async def test_errors_carry_the_requests_id(client: AsyncClient, acme: Tenant) -> None:
    # when
    response = await client.post("/graphql", json=WRONG, headers={**acme.ana.headers, "X-Request-ID": "mine-7"})
    # then
    assert response.headers["x-request-id"] == "mine-7"
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED", "requestId": "mine-7"}
    assert "nobody" in error["message"]
