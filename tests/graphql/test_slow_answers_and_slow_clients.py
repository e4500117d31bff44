"""What happens when an answer does not come, or nobody takes it: both end, and both say how."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import psycopg
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.graphql.limits import GraphQLLimits
from app.bootstrap import Colophon
from commands.event_log import StreamWrite
from domain.document.events import DocumentRenamed
from domain.ids import DocumentId, StreamId
from projections.projector import ReadTransactions
from tenancy.context import TenantContext, current_tenant
from tests.graphql.conftest import uuid_of
from tests.graphql.servers import graphql_app, serving
from tests.graphql.sockets import socket_to
from tests.support.world import Tenant

Create = Callable[..., Awaitable[str]]

EVENTS = "subscription($id: ID!) { documentEvents(documentId: $id, afterSeq: 0) { seq document { title } } }"


async def test_a_field_that_is_not_ready_in_time_is_an_error_with_its_path(
    colophon: Colophon, migrated_database: str, create_as_member: Create, acme: Tenant
) -> None:
    # given
    await create_as_member(acme.ana)
    app = graphql_app(colophon.platform, GraphQLLimits(operation_seconds_max=0.3))
    body = {"query": "{ viewer { displayName } documents { totalCount } }"}
    async with (
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as client,
        await psycopg.AsyncConnection.connect(migrated_database) as administrator,
    ):
        # when
        await administrator.execute("LOCK TABLE read.document_library IN ACCESS EXCLUSIVE MODE")
        response = await client.post("/graphql", json=body, headers=acme.ana.headers)
        await administrator.rollback()
    # then
    (error,) = response.json()["errors"]
    assert response.status_code == 200
    assert error["path"] == ["documents"]
    assert error["extensions"]["code"] == "DEADLINE_EXCEEDED"
    assert error["extensions"]["deadlineMs"] == 300


async def test_a_connection_that_says_nothing_is_closed_with_4408(colophon: Colophon) -> None:
    # given
    app = graphql_app(colophon.platform, GraphQLLimits(connection_init_seconds_max=0.05))
    async with serving(app) as url, socket_to(url) as socket:
        # then
        assert await socket.closed() == 4408


async def test_a_client_that_takes_nothing_is_let_go(colophon: Colophon, create: Create, acme: Tenant) -> None:
    # given
    id_ = await create(acme.ana, body="PLAIN", text="A line of some length.\n" * 20_000)
    document_id = DocumentId(uuid_of(id_))
    renamed = [DocumentRenamed(document_id=document_id, title=str(n)) for n in range(60)]
    await colophon.platform.log.append([StreamWrite(StreamId(document_id), None, renamed)], acme.ana.command())
    heavy = "subscription($id: ID!) { documentEvents(documentId: $id, afterSeq: 0) { document { markdown } } }"
    watched = WatchedConnections(graphql_app(colophon.platform, GraphQLLimits(send_seconds_max=0.3)))
    async with serving(watched) as url, socket_to(url, acme.vera.headers, untaken_messages_max=1) as socket:
        await socket.initialise()
        # when
        await socket.subscribe(heavy, id=id_)
        async with asyncio.timeout(30):
            await watched.ended.wait()
        taken = await socket.rest()
    # then
    assert taken < 61


class WatchedConnections:
    """Tells when the application is done with a WebSocket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if scope["type"] == "websocket":
            self.ended.set()


class Watched:
    """Read transactions that note in whose scope each was asked for."""

    def __init__(self, reads: ReadTransactions) -> None:
        self._reads = reads
        self.scopes: list[TenantContext] = []

    @asynccontextmanager
    async def as_app(self, context: TenantContext) -> AsyncIterator[AsyncConnection]:
        self.scopes.append(current_tenant())
        async with self._reads.as_app(context) as connection:
            yield connection


async def test_resolvers_run_in_the_scope_of_the_callers_tenant_over_every_transport(
    colophon: Colophon, create_as_member: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    mine, theirs = await create_as_member(acme.ana), await create_as_member(globex.ana)
    watched = Watched(colophon.platform.reads)
    app = graphql_app(replace(colophon.platform, reads=watched))
    query = {"query": "{ viewer { displayName } documents { nodes { createdBy { __typename } } } }"}
    async with serving(app) as url, AsyncClient(base_url=url) as client:
        for tenant, id_ in ((acme, mine), (globex, theirs)):
            watched.scopes.clear()
            # when
            await client.post("/graphql", json=query, headers=tenant.vera.headers)
            await client.post("/graphql", json=query, headers=tenant.vera.headers | {"Accept": "text/event-stream"})
            async with socket_to(url, tenant.vera.headers) as socket:
                await socket.initialise()
                await socket.subscribe(EVENTS, id=id_)
                await socket.events(1)
            # then
            assert len(watched.scopes) > 6
            assert {scope.tenant_id for scope in watched.scopes} == {tenant.tenant_id}


async def test_a_subscription_ends_with_its_client(colophon: Colophon, create_as_member: Create, acme: Tenant) -> None:
    # given
    id_ = await create_as_member(acme.ana)
    waiting = colophon.platform.growth._waiting  # type: ignore[attr-defined]
    async with serving(graphql_app(colophon.platform)) as url:
        async with socket_to(url, acme.vera.headers) as socket:
            await socket.initialise()
            await socket.subscribe(EVENTS, id=id_)
            await socket.events(1)
        body = {"query": EVENTS, "variables": {"id": id_}}
        headers = acme.vera.headers | {"Accept": "text/event-stream"}
        async with (
            AsyncClient(base_url=url) as client,
            client.stream("POST", "/graphql", json=body, headers=headers) as response,
        ):
            await anext(response.aiter_lines())
        # then
        async with asyncio.timeout(10):
            while acme.tenant_id in waiting:  # noqa: ASYNC110  # a condition of the server's, not ours to signal
                await asyncio.sleep(0.01)
