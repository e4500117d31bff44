"""Asking GraphQL as somebody, and documents to ask about."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.directory.issue_sign_in_link import IssueSignInLink
from commands.document.create_document import CreateDocument
from domain.ids import DocumentId, SignInLinkId
from projections.catalogue import DOCUMENT_LIBRARY
from tenancy.secrets import new_secret
from tests.support.world import Person, Tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]


def node_id(kind: str, key: UUID | str) -> str:
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


def uuid_of(global_id: str) -> UUID:
    return UUID(base64.b64decode(global_id).decode().partition(":")[2])


@pytest.fixture
def ask(client: AsyncClient) -> Ask:
    """Runs an operation as a person and returns the whole answer."""

    async def ask(person: Person, query: str, **variables: object) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        response = await client.post("/graphql", json=body, headers=person.headers)
        answer: dict[str, Any] = response.json()
        return answer

    return ask


async def sign_in(colophon: Colophon, client: AsyncClient, tenant: Tenant, person: Person) -> dict[str, str]:
    """Sign in as in a browser: the client keeps the cookies; returns the header that its pages send."""
    link = new_secret("coll")
    command = IssueSignInLink(link_id=SignInLinkId(uuid7()), member_id=person.member_id, secret_hash=link.digest)
    await colophon.platform.executor.execute(command, tenant.operator)
    await client.get(f"/sign-in/{link.text}")
    return {"X-CSRF-Token": client.cookies["colophon_csrf"]}


CREATE = """
mutation Create($input: DocumentCreateInput!) {
  documentCreate(input: $input) {
    document { id title version status body }
    receipt { position }
    clientMutationId
    userErrors {
      __typename code message path problem
      ... on ForbiddenError { permission }
      ... on ValidationError { constraint }
    }
  }
}
"""

RENAME = """
mutation Rename($input: DocumentRenameInput!) {
  documentRename(input: $input) {
    document { id title version }
    receipt { position }
    userErrors { __typename code path problem ... on ConflictError { currentVersion } }
  }
}
"""


@pytest.fixture
def create(ask: Ask) -> Callable[..., Awaitable[str]]:
    """Creates a document as a person and returns its global id."""

    async def create(person: Person, title: str = "Minutes", **more: object) -> str:
        answer = await ask(person, CREATE, input={"title": title, **more})
        payload = answer["data"]["documentCreate"]
        assert payload["userErrors"] == []
        id_: str = payload["document"]["id"]
        return id_

    return create


@pytest.fixture
def create_as_member(colophon: Colophon) -> Callable[..., Awaitable[str]]:
    """Creates a document in a person's own name, as a browser session would."""

    async def create_as_member(person: Person, title: str = "Minutes", markdown: str | None = None) -> str:
        command = CreateDocument(document_id=DocumentId(uuid7()), title=title, markdown=markdown)
        receipt = await colophon.platform.executor.execute(command, person.command())
        await colophon.platform.freshness.reached(DOCUMENT_LIBRARY, person.context, receipt.position)
        return node_id("Document", receipt.stream_id)

    return create_as_member


@pytest.fixture
async def server(server_url: str) -> AsyncIterator[AsyncClient]:
    """A client of a real server, for what is streamed."""
    async with AsyncClient(base_url=server_url, timeout=20) as client:
        yield client
