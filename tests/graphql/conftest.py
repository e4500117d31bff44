"""Asking GraphQL as somebody, and documents to ask about."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from tests.support.world import Person

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
