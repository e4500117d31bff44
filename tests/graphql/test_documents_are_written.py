"""Mutations: what they answer when they write, and how they refuse."""

from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient

from tests.graphql.conftest import CREATE, RENAME, Ask, uuid_of
from tests.support.world import Tenant

Create = Callable[..., Awaitable[str]]


async def test_a_created_document_is_in_the_answer(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.ana, CREATE, input={"title": "  Minutes  ", "clientMutationId": "7"})
    # then
    payload = answer["data"]["documentCreate"]
    assert payload["document"] | {"id": ""} == {
        "id": "", "title": "Minutes", "version": 1, "status": "DRAFT", "body": "RICH"
    }  # fmt: skip
    assert payload["receipt"]["position"] > 0
    assert payload["userErrors"] == []
    assert payload["clientMutationId"] == "7"


async def test_a_document_begins_with_its_markdown(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana, markdown="Hello **world**")
    # when
    answer = await ask(acme.vera, "query($id: ID!) { document(id: $id) { markdown } }", id=written)
    # then
    assert answer["data"]["document"]["markdown"].strip() == "Hello **world**"


async def test_a_plain_document_begins_with_its_text(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana, body="PLAIN", text="x = 1\n")
    # when
    answer = await ask(acme.vera, "query($id: ID!) { document(id: $id) { body markdown } }", id=written)
    # then
    assert answer["data"]["document"]["body"] == "PLAIN"
    assert answer["data"]["document"]["markdown"].startswith("x = 1")


async def test_the_same_key_answers_the_first_document_again(ask: Ask, acme: Tenant) -> None:
    # given
    wanted = {"title": "Minutes", "idempotencyKey": "once"}
    first = await ask(acme.ana, CREATE, input=wanted)
    # when
    again = await ask(acme.ana, CREATE, input=wanted)
    # then
    assert again == first


async def test_the_same_key_for_something_else_is_refused(ask: Ask, acme: Tenant) -> None:
    # given
    await ask(acme.ana, CREATE, input={"title": "Minutes", "idempotencyKey": "once"})
    # when
    answer = await ask(acme.ana, CREATE, input={"title": "Other", "idempotencyKey": "once"})
    # then
    (error,) = answer["data"]["documentCreate"]["userErrors"]
    assert (error["code"], error["problem"]) == ("INVALID", "idempotency.key_reused")
    assert error["path"] == ["input", "idempotencyKey"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"title": "   "}, "document.title_refused"),
        ({"title": "x" * 301}, "document.title_refused"),
        ({"title": "two\nlines"}, "document.title_refused"),
        ({"title": "x", "idempotencyKey": "two words"}, "idempotency.key_refused"),
        ({"title": "x", "markdown": "a", "text": "b"}, "document.content_refused"),
    ],
)
async def test_what_breaks_a_rule_is_a_validation_error(
    ask: Ask, acme: Tenant, given: dict[str, str], problem: str
) -> None:
    # when
    answer = await ask(acme.ana, CREATE, input=given)
    # then
    assert "errors" not in answer
    payload = answer["data"]["documentCreate"]
    (error,) = payload["userErrors"]
    assert (error["__typename"], error["code"], error["problem"]) == ("ValidationError", "INVALID", problem)
    assert payload["document"] is None
    assert payload["receipt"] is None


async def test_a_renamed_document_has_its_new_title_and_version(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana)
    # when
    answer = await ask(acme.adam, RENAME, input={"id": written, "title": "Notes", "expectedVersion": 1})
    # then
    payload = answer["data"]["documentRename"]
    assert payload["userErrors"] == []
    assert payload["document"] == {"id": written, "title": "Notes", "version": 2}


async def test_a_stale_version_is_a_conflict_that_tells_the_current_one(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana)
    await ask(acme.adam, RENAME, input={"id": written, "title": "Notes"})
    # when
    answer = await ask(acme.ana, RENAME, input={"id": written, "title": "Mine", "expectedVersion": 1})
    # then
    (error,) = answer["data"]["documentRename"]["userErrors"]
    assert (error["__typename"], error["code"]) == ("ConflictError", "CONFLICT")
    assert error["currentVersion"] == 2
    assert error["path"] == ["input", "expectedVersion"]


async def test_an_archived_document_cannot_be_renamed(
    client: AsyncClient, ask: Ask, create: Create, acme: Tenant
) -> None:
    # given
    written = await create(acme.ana)
    await client.post(f"/api/v1/documents/{uuid_of(written)}/archival", headers=acme.ana.headers)
    # when
    answer = await ask(acme.ana, RENAME, input={"id": written, "title": "Notes"})
    # then
    (error,) = answer["data"]["documentRename"]["userErrors"]
    assert (error["__typename"], error["code"], error["problem"]) == ("StateError", "CONFLICT", "document.archived")


@pytest.mark.parametrize("nothing", ["", "x", "RG9jdW1lbnQ6eA=="])
async def test_what_is_not_there_cannot_be_renamed(ask: Ask, acme: Tenant, nothing: str) -> None:
    # when
    answer = await ask(acme.ana, RENAME, input={"id": nothing, "title": "Notes"})
    # then
    (error,) = answer["data"]["documentRename"]["userErrors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "id"])


async def test_several_changes_in_one_document_each_answer_for_themselves(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(
        acme.ana,
        'mutation { a: documentCreate(input: {title: "A"}) { ...p } b: documentCreate(input: {title: ""}) { ...p } }'
        " fragment p on DocumentCreatePayload { document { title } userErrors { code } }",
    )
    # then
    assert answer["data"] == {
        "a": {"document": {"title": "A"}, "userErrors": []},
        "b": {"document": None, "userErrors": [{"code": "INVALID"}]},
    }
