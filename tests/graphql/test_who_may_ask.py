"""Who may ask GraphQL what: nobody without a credential, nobody across tenants, everybody within the role."""

from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient

from tests.graphql.conftest import CREATE, RENAME, Ask, node_id, uuid_of
from tests.support.world import Tenant

Create = Callable[..., Awaitable[str]]

OPERATIONS = [
    "{ viewer { id } }",
    "{ tenant { id } }",
    "{ documents { nodes { id } } }",
    '{ document(id: "x") { id } }',
    '{ node(id: "x") { id } }',
    '{ nodes(ids: ["x"]) { id } }',
    'mutation { documentCreate(input: {title: "x"}) { userErrors { code } } }',
    'mutation { documentRename(input: {id: "x", title: "x"}) { userErrors { code } } }',
    'subscription { documentEvents(documentId: "x") { seq } }',
    "{ __schema { queryType { name } } }",
    "not even graphql {",
]


@pytest.mark.parametrize("query", OPERATIONS)
async def test_nobody_asks_anything_without_a_credential(client: AsyncClient, query: str) -> None:
    # when
    response = await client.post("/graphql", json={"query": query})
    # then
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "authentication.required"


async def test_without_a_credential_the_answer_says_nothing_about_the_query(client: AsyncClient) -> None:
    # when
    bodies = [
        (await client.post("/graphql", content=content, headers={"X-Request-ID": "same"})).json()
        for content in (b'{"query": "{ viewer { id } }"}', b"}{", b"")
    ]
    # then
    assert bodies[0] == bodies[1] == bodies[2]


async def test_a_revoked_looking_token_is_nobody(client: AsyncClient) -> None:
    # when
    response = await client.post(
        "/graphql", json={"query": "{ viewer { id } }"}, headers={"Authorization": "Bearer colk_nonsense"}
    )
    # then
    assert response.status_code == 401


async def test_another_tenants_document_is_null_everywhere(
    ask: Ask, create: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    theirs = await create(globex.ana)
    # when
    answer = await ask(
        acme.olga,
        "query($id: ID!) { document(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }",
        id=theirs,
    )
    # then
    assert answer == {"data": {"document": None, "node": None, "nodes": [None]}}


async def test_another_tenants_document_cannot_be_renamed(
    ask: Ask, create: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    theirs = await create(globex.ana)
    # when
    answer = await ask(acme.olga, RENAME, input={"id": theirs, "title": "Mine now"})
    # then
    (error,) = answer["data"]["documentRename"]["userErrors"]
    assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND")


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "x",
        "%%%",
        "RG9jdW1lbnQ",
        node_id("Document", "not-a-uuid"),
        node_id("Nothing", "0192d1c0-0000-7000-8000-000000000000"),
        node_id("Revision", "0192d1c0-0000-7000-8000-000000000000/x"),
        node_id("Document", "{0192d1c0-0000-7000-8000-000000000000}"),
        "é" * 30,
        "A" * 5_000,
    ],
)
async def test_an_id_that_is_none_is_null(ask: Ask, acme: Tenant, malformed: str) -> None:
    # when
    answer = await ask(acme.ana, "query($id: ID!) { document(id: $id) { id } node(id: $id) { id } }", id=malformed)
    # then
    assert answer == {"data": {"document": None, "node": None}}


async def test_another_tenants_people_and_tenant_are_null(ask: Ask, acme: Tenant, globex: Tenant) -> None:
    # when
    answer = await ask(
        acme.olga,
        "query($member: ID!, $tenant: ID!) { a: node(id: $member) { id } b: node(id: $tenant) { id } }",
        member=node_id("Member", globex.ana.member_id),
        tenant=node_id("Tenant", globex.tenant_id),
    )
    # then
    assert answer == {"data": {"a": None, "b": None}}


async def test_a_viewer_cannot_create(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.vera, CREATE, input={"title": "Minutes", "clientMutationId": "7"})
    # then
    payload = answer["data"]["documentCreate"]
    (error,) = payload["userErrors"]
    assert error["__typename"] == "ForbiddenError"
    assert error["code"] == "FORBIDDEN"
    assert error["permission"] == "document:write"
    assert payload["document"] is None
    assert payload["clientMutationId"] == "7"


async def test_a_viewer_reads_what_others_wrote(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana, "Minutes")
    # when
    answer = await ask(acme.vera, "query($id: ID!) { document(id: $id) { title viewerCan } }", id=written)
    # then
    assert answer["data"]["document"] == {
        "title": "Minutes",
        "viewerCan": ["document:comment", "document:read", "document:suggest"],
    }


async def test_an_editor_may_not_list_the_members(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.ana, "{ tenant { slug members { nodes { id } } } }")
    # then
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["path"] == ["tenant", "members"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["extensions"]["problem"] == "permission.missing"


async def test_everybody_sees_their_own_address_and_only_some_see_others(
    ask: Ask, create_as_member: Create, acme: Tenant
) -> None:
    # given
    written = await create_as_member(acme.ana)
    query = "query($id: ID!) { viewer { email } document(id: $id) { createdBy { ... on Member { email } } } }"
    # when
    seen = {name: await ask(acme.people[name], query, id=written) for name in ("ana", "vera", "otto")}
    # then
    address = f"ana@{acme.slug}.example"
    assert seen["ana"]["data"]["viewer"]["email"] == address
    assert seen["vera"]["data"]["viewer"]["email"] == f"vera@{acme.slug}.example"
    assert seen["vera"]["data"]["document"]["createdBy"]["email"] is None
    assert seen["otto"]["data"]["document"]["createdBy"]["email"] == address


async def test_a_member_node_is_for_those_who_may_read_members(ask: Ask, acme: Tenant) -> None:
    # given
    query = "query($id: ID!) { node(id: $id) { ... on Member { displayName } } }"
    id_ = node_id("Member", acme.vera.member_id)
    # when
    seen = {name: (await ask(acme.people[name], query, id=id_))["data"]["node"] for name in ("olga", "ana", "vera")}
    # then
    assert seen == {"olga": {"displayName": "Vera"}, "ana": None, "vera": {"displayName": "Vera"}}


async def test_global_ids_name_the_uuid_of_rest(client: AsyncClient, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana, "Minutes")
    # when
    response = await client.get(f"/api/v1/documents/{uuid_of(written)}", headers=acme.ana.headers)
    # then
    assert response.json()["title"] == "Minutes"
