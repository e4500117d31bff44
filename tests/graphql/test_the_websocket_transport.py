"""GraphQL over WebSocket: graphql-transport-ws, who may open one, and how it ends."""

import pytest
from httpx import AsyncClient
from websockets.exceptions import InvalidStatus

from app.bootstrap import Colophon
from tests.graphql.conftest import CREATE, sign_in
from tests.graphql.sockets import bearer, socket_to
from tests.support.world import Tenant

VIEWER = "{ viewer { displayName } }"


async def test_a_token_in_the_first_message_opens_the_connection(server_url: str, acme: Tenant) -> None:
    # given
    async with socket_to(server_url) as socket:
        # when
        acknowledged = await socket.initialise(authorization=bearer(acme.ana.api_key))
        await socket.subscribe(VIEWER)
        answers = [await socket.received(), await socket.received()]
    # then
    assert acknowledged == {"type": "connection_ack"}
    assert answers == [
        {"type": "next", "id": "1", "payload": {"data": {"viewer": {"displayName": "Ana"}}}},
        {"type": "complete", "id": "1"},
    ]


async def test_a_token_in_the_header_opens_the_connection(server_url: str, acme: Tenant) -> None:
    async with socket_to(server_url, acme.vera.headers) as socket:
        assert await socket.initialise() == {"type": "connection_ack"}


async def test_a_browser_session_opens_the_connection(
    server_url: str, client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    # given
    await sign_in(colophon, client, acme, acme.vera)
    cookie = {"Cookie": f"colophon_session={client.cookies['colophon_session']}"}
    # when
    async with socket_to(server_url, cookie, origin=server_url) as socket:
        await socket.initialise()
        await socket.subscribe(VIEWER)
        answer = await socket.received()
    # then
    assert answer["payload"]["data"] == {"viewer": {"displayName": "Vera"}}


async def test_another_sites_page_cannot_use_a_visitors_cookie(
    server_url: str, client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    # given
    await sign_in(colophon, client, acme, acme.vera)
    cookie = {"Cookie": f"colophon_session={client.cookies['colophon_session']}"}
    # when
    with pytest.raises(InvalidStatus) as refused:
        async with socket_to(server_url, cookie, origin="https://evil.example"):
            pass
    # then
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "payload", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "nonsense"}, {"authorization": 1}]
)
async def test_nobody_is_closed_with_4401(server_url: str, payload: dict[str, object]) -> None:
    async with socket_to(server_url) as socket:
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.closed() == 4401


async def test_an_operation_before_the_acknowledgement_closes_with_4401(server_url: str) -> None:
    async with socket_to(server_url) as socket:
        await socket.subscribe(VIEWER)
        assert await socket.closed() == 4401


async def test_a_second_initialisation_closes_with_4429(server_url: str, acme: Tenant) -> None:
    async with socket_to(server_url, acme.ana.headers) as socket:
        await socket.initialise()
        await socket.send({"type": "connection_init"})
        assert await socket.closed() == 4429


async def test_the_legacy_protocol_closes_with_4406(server_url: str, acme: Tenant) -> None:
    async with socket_to(server_url, acme.ana.headers, subprotocol="graphql-ws") as socket:
        assert await socket.closed() == 4406


@pytest.mark.parametrize(
    "message",
    ["}{", "[]", {"type": "nonsense"}, {"id": "1"}, {"type": "subscribe", "id": 1}, "[" * 50_000,
     {"type": "subscribe", "id": "1"}, {"type": "subscribe", "id": "1", "payload": {"query": 1}}],
)  # fmt: skip
async def test_a_message_out_of_the_protocol_closes_with_4400(server_url: str, acme: Tenant, message: object) -> None:
    async with socket_to(server_url, acme.ana.headers) as socket:
        await socket.initialise()
        await socket.send(message)
        assert await socket.closed() == 4400


async def test_an_id_in_use_closes_with_4409(server_url: str, acme: Tenant) -> None:
    async with socket_to(server_url, acme.ana.headers) as socket:
        await socket.initialise()
        for _ in range(2):
            await socket.subscribe('mutation { documentCreate(input: {title: "x"}) { document { id } } }')
        assert await socket.closed() == 4409


async def test_a_ping_is_answered(server_url: str) -> None:
    async with socket_to(server_url) as socket:
        await socket.send({"type": "ping"})
        assert await socket.received() == {"type": "pong"}


async def test_a_document_that_cannot_run_ends_its_operation_only(server_url: str, acme: Tenant) -> None:
    async with socket_to(server_url, acme.ana.headers) as socket:
        # given
        await socket.initialise()
        # when
        await socket.subscribe("{ nobody }", "1")
        refused = await socket.received()
        await socket.subscribe(VIEWER, "1")
        answered = await socket.received()
    # then
    assert (refused["type"], refused["id"]) == ("error", "1")
    assert refused["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert answered["type"] == "next"


async def test_changes_can_be_made_over_a_socket(server_url: str, acme: Tenant) -> None:
    async with socket_to(server_url, acme.ana.headers) as socket:
        await socket.initialise()
        await socket.subscribe(CREATE, input={"title": "Minutes"})
        answer = await socket.received()
    assert answer["payload"]["data"]["documentCreate"]["document"]["title"] == "Minutes"


async def test_one_connection_has_a_limit_of_operations(server_url: str, acme: Tenant) -> None:
    # given
    async with socket_to(server_url, acme.ana.headers) as socket:
        await socket.initialise()
        await socket.subscribe(CREATE, "create", input={"title": "Minutes"})
        id_ = (await socket.received())["payload"]["data"]["documentCreate"]["document"]["id"]
        assert (await socket.received())["type"] == "complete"
        # when
        for n in range(51):
            await socket.subscribe("subscription($id: ID!) { documentEvents(documentId: $id) { seq } }", str(n), id=id_)
        refused = await socket.received()
    # then
    assert (refused["type"], refused["id"]) == ("error", "50")
    assert refused["payload"][0]["extensions"]["limit"] == "operations_per_connection_max"
