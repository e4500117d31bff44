"""The world that tests play in: one migrated database, one running Colophon, tenants with people."""

import asyncio
from collections.abc import AsyncIterator, Sequence
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
from commands.event_log import CommandContext, StreamWrite
from domain.actor import OPERATOR, Actor, ActorKind
from domain.directory import decisions
from domain.directory.roles import Role
from domain.ids import ApiKeyId, MemberId, StreamId, TenantId
from domain.sealed import Sealed
from infra import clock
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins
from tenancy.context import TenantContext
from tenancy.roles import OPERATOR_PERMISSIONS, PERMISSIONS
from tenancy.secrets import digest, new_secret
from tests.support.databases import database_name, temporary_database
from tests.support.master_key import MASTER_KEY as MASTER_KEY

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
    people = {first_name: _person(first_name, role, tenant_id) for first_name, role in PEOPLE.items()}
    # What OpenTenant, AddMember and IssueApiKey would write, in one append: most tests begin with it.
    past = {
        StreamId(tenant_id): decisions.open_tenant(slug=slug, name=name, plan=plan),
        **{StreamId(person.member_id): _joined(person, slug) for person in people.values()},
        **{StreamId(person.key_id): _key_issued(person) for person in people.values()},
    }
    writes = [StreamWrite(stream_id, 0, events) for stream_id, events in past.items()]
    await colophon.platform.log.append(writes, operator)
    return Tenant(tenant_id, slug, operator, people)


def _person(first_name: str, role: Role, tenant_id: TenantId) -> Person:
    member_id = MemberId(uuid7())
    context = TenantContext(
        tenant_id=tenant_id,
        actor=Actor(ActorKind.MEMBER, member_id),
        member_id=member_id,
        role=role,
        permissions=PERMISSIONS[role],
        request_id="test",
    )
    return Person(first_name.title(), member_id, ApiKeyId(uuid7()), new_secret("colk").text, context)


def _joined(person: Person, slug: str) -> Sequence[Sealed]:
    role, email = person.context.role, f"{person.name.lower()}@{slug}.example"
    assert role is not None
    return decisions.add_member(member_id=person.member_id, email=email, name=person.name, role=role)


def _key_issued(person: Person) -> Sequence[Sealed]:
    return decisions.issue_api_key(
        key_id=person.key_id,
        member_id=person.member_id,
        label="test",
        scopes=(),
        known_scopes=frozenset(),
        secret_hash=digest(person.api_key),
        expires_at=None,
    )


def installation(database_url: str, **differences: Any) -> Installation:
    """A process of the tests' world; what differs from it is given by name."""
    everything: dict[str, Any] = {"database_url": database_url, "master_key": MASTER_KEY, "public_url": "http://test"}
    # Tests count events: what somebody read is written when a test says so.
    everything["access_flush_seconds"] = 3600.0
    if "data_dir" not in differences:
        everything["data_dir"] = Path(mkdtemp(prefix="colophon-test-"))
    return Installation(**{**everything, **differences})


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
async def quiet_database(admin_url: str, migrated_template: str) -> AsyncIterator[str]:
    """A third one, for processes that live as long as their test and leave no work to whoever comes next."""
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
