"""The world that tests play in: one migrated database, one running Colophon, tenants with people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from app.foundation import context_signer
from app.installation import Installation
from app.web import create_app
from app.web_socket import WebSocket
from commands.directory.add_member import AddMember
from commands.directory.issue_api_key import IssueApiKey
from commands.directory.open_tenant import OpenTenant
from commands.event_log import CommandContext
from domain.actor import OPERATOR, Actor, ActorKind
from domain.directory.roles import Role
from domain.ids import ApiKeyId, MemberId, TenantId
from infra import clock
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins
from tenancy.context import TenantContext
from tenancy.roles import OPERATOR_PERMISSIONS, PERMISSIONS
from tenancy.secrets import new_secret
from tests.support.databases import database_name, temporary_database

MASTER_KEY: Final = bytes(range(100, 132))

PEOPLE: Final = {
    "olga": Role.OWNER,
    "adam": Role.ADMIN,
    "ana": Role.EDITOR,
    "vera": Role.VIEWER,
    "otto": Role.AUDITOR,
}


@dataclass(frozen=True, slots=True)
class Person:
    """A member with an API key."""

    name: str
    member_id: MemberId
    key_id: ApiKeyId
    api_key: str
    context: TenantContext

    def command(self, idempotency_key: str | None = None) -> CommandContext:
        return CommandContext(tenant=self.context, command_id=uuid7(), now=clock.now(), idempotency_key=idempotency_key)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant of its own for one test, with one person of each role."""

    tenant_id: TenantId
    slug: str
    operator: CommandContext
    people: dict[str, Person]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


async def open_tenant(colophon: Colophon, name: str = "Acme", *, plan: str = "team") -> Tenant:
    """A new tenant with PEOPLE."""
    tenant_id = TenantId(uuid7())
    slug = f"{name.lower()}-{uuid4().hex[:8]}"
    operator = CommandContext(
        tenant=TenantContext(tenant_id=tenant_id, actor=OPERATOR, permissions=OPERATOR_PERMISSIONS, request_id="test"),
        command_id=uuid7(),
        now=clock.now(),
    )
    execute = colophon.platform.executor.execute
    await execute(OpenTenant(slug=slug, name=name, plan=plan), operator)

    async def join(first_name: str, role: Role) -> Person:
        member_id, key_id, secret = MemberId(uuid7()), ApiKeyId(uuid7()), new_secret("colk")
        await execute(
            AddMember(member_id=member_id, email=f"{first_name}@{slug}.example", name=first_name.title(), role=role),
            operator,
        )
        await execute(
            IssueApiKey(key_id=key_id, member_id=member_id, label="test", secret_hash=secret.digest), operator
        )
        context = TenantContext(
            tenant_id=tenant_id,
            actor=Actor(ActorKind.MEMBER, member_id),
            member_id=member_id,
            role=role,
            permissions=PERMISSIONS[role],
            request_id="test",
        )
        return Person(first_name.title(), member_id, key_id, secret.text, context)

    joined = await asyncio.gather(*(join(first_name, role) for first_name, role in PEOPLE.items()))
    people = dict(zip(PEOPLE, joined, strict=True))
    return Tenant(tenant_id, slug, operator, people)


def installation(database_url: str, **differences: Any) -> Installation:
    """A process of the tests' world; what differs from it is given by name."""
    everything: dict[str, Any] = {"database_url": database_url, "master_key": MASTER_KEY, "public_url": "http://test"}
    # Tests count events: what somebody read is written when a test says so.
    everything["access_flush_seconds"] = 3600.0
    return Installation(data_dir=Path(mkdtemp(prefix="colophon-test-")), **{**everything, **differences})


@pytest.fixture(scope="session")
async def migrated_template(admin_url: str) -> AsyncIterator[str]:
    """The name of a database at the newest schema, to which nobody connects, so that it can be copied."""
    async with temporary_database(admin_url) as url:
        await migrate(url, RoleLogins(url, MASTER_KEY), context_signer(MASTER_KEY))
        yield database_name(url)


@pytest.fixture(scope="session")
async def migrated_database(admin_url: str, migrated_template: str) -> AsyncIterator[str]:
    """The administrator's URL of a database at the newest schema."""
    async with temporary_database(admin_url, template=migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
async def own_database(admin_url: str, migrated_template: str) -> AsyncIterator[str]:
    """Another migrated database, in which the process that all tests share looks for no work."""
    async with temporary_database(admin_url, template=migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
async def colophon(migrated_database: str) -> AsyncIterator[Colophon]:
    """One running process's parts, shared by all tests: each test brings its own tenants."""
    running = build(installation(migrated_database))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def acme(colophon: Colophon) -> Tenant:
    return await open_tenant(colophon, "Acme")


@pytest.fixture
async def globex(colophon: Colophon) -> Tenant:
    """Another tenant: Mallory's, as far as Acme is concerned."""
    return await open_tenant(colophon, "Globex")


@pytest.fixture(scope="session")
async def web_app(colophon: Colophon) -> FastAPI:
    """The application of the process that all tests share: its routes take a quarter of a second to work out."""
    return create_app(colophon)


@pytest.fixture
async def client(web_app: FastAPI) -> AsyncIterator[AsyncClient]:
    """An HTTP client of nobody: pass a person's `headers` with each request."""
    transport = ASGITransport(web_app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


@asynccontextmanager
async def serve(app: FastAPI, ws: type[WebSocket] = WebSocket) -> AsyncIterator[str]:
    """The base URL of a real server of the application, for clients that need sockets."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws=ws)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn offers no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
async def server_url(web_app: FastAPI) -> AsyncIterator[str]:
    """One server of the process that all tests share."""
    async with serve(web_app) as url:
        yield url
