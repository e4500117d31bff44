"""A document's content is edited and imported over GraphQL, as over REST."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.graphql.conftest import Ask, node_id
from tests.support.world import Tenant

Create = Callable[..., Awaitable[str]]

EDIT = """
mutation Edit($input: DocumentEditInput!) {
  documentEdit(input: $input) {
    document { markdown }
    receipt { position }
    clientMutationId
    userErrors { __typename code problem ... on ConflictError { currentVersion } }
  }
}"""
IMPORT = """
mutation Import($input: DocumentImportInput!) {
  documentImport(input: $input) {
    document { markdown }
    receipt { position }
    userErrors { __typename code problem }
  }
}"""
APPEND = [{"appendMarkdown": {"markdown": "More"}}]


@pytest.mark.parametrize("who", ["viewer", "stranger"])
async def test_whoever_may_not_write_changes_nothing(
    ask: Ask, create: Create, acme: Tenant, globex: Tenant, who: str
) -> None:
    document_id = await create(acme.ana, markdown="Text")
    person = acme.vera if who == "viewer" else globex.olga

    edited = await ask(person, EDIT, input={"id": document_id, "operations": APPEND})
    imported = await ask(person, IMPORT, input={"id": document_id, "content": "Other"})

    code = "FORBIDDEN" if who == "viewer" else "NOT_FOUND"
    assert code in str(edited)
    assert code in str(imported)
    assert await markdown_of(ask, acme, document_id) == "Text\n"


async def test_operations_are_one_edit(ask: Ask, create: Create, acme: Tenant) -> None:
    document_id = await create(acme.ana, markdown="one\n\ntwo\n\nthree")
    operations = [
        {"insertText": {"block": 0, "offset": 3, "text": " more"}},
        {"setMark": {"block": 0, "offset": 0, "length": 3, "mark": "BOLD"}},
        {"setBlockType": {"block": 1, "to": "HEADING", "level": 2}},
        {"moveBlock": {"block": 2, "to": 0}},
        *APPEND,
    ]

    answer = await ask(acme.ana, EDIT, input={"id": document_id, "operations": operations, "clientMutationId": "7"})

    payload = answer["data"]["documentEdit"]
    assert payload["document"]["markdown"] == "three\n\n**one** more\n\n## two\n\nMore\n"
    assert (payload["userErrors"], payload["clientMutationId"]) == ([], "7")


async def test_an_edit_of_another_version_is_refused(ask: Ask, create: Create, acme: Tenant) -> None:
    document_id = await create(acme.ana, markdown="Text")
    first = await ask(acme.ana, EDIT, input={"id": document_id, "operations": APPEND})
    seen = first["data"]["documentEdit"]["receipt"]["position"]
    given = {"id": document_id, "operations": APPEND, "expectedVersion": seen}

    second = await ask(acme.ana, EDIT, input=given)
    third = await ask(acme.ana, EDIT, input=given)

    assert second["data"]["documentEdit"]["userErrors"] == []
    (error,) = third["data"]["documentEdit"]["userErrors"]
    assert (error["__typename"], error["problem"]) == ("ConflictError", "stream.version_conflict")
    assert error["currentVersion"] == second["data"]["documentEdit"]["receipt"]["position"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"content": "# New"}, "# New\n"),
        ({"content": "<p><b>New</b></p>", "format": "HTML"}, "**New**\n"),
        ({"content": "*New*", "format": "TEXT", "mode": "APPEND"}, "Text\n\n\\*New\\*\n"),
        ({"content": '{"type": "doc", "content": [{"type": "horizontalRule"}]}', "format": "JSON"}, "---\n"),
    ],
)
async def test_content_is_imported(
    ask: Ask, create: Create, acme: Tenant, given: dict[str, Any], expected: str
) -> None:
    document_id = await create(acme.ana, markdown="Text")

    answer = await ask(acme.ana, IMPORT, input={"id": document_id, **given})

    assert answer["data"]["documentImport"]["document"]["markdown"] == expected


@pytest.mark.parametrize(
    "operations",
    [[], [{"deleteBlock": {"block": 9}}], [{"setMark": {"block": 0, "offset": 0, "length": 1, "mark": "LINK"}}]],
)
async def test_an_edit_that_cannot_be_made_is_refused(
    ask: Ask, create: Create, acme: Tenant, operations: list[dict[str, Any]]
) -> None:
    document_id = await create(acme.ana, markdown="Text")

    answer = await ask(acme.ana, EDIT, input={"id": document_id, "operations": operations})

    assert [error["code"] for error in answer["data"]["documentEdit"]["userErrors"]] == ["INVALID"]
    assert await markdown_of(ask, acme, document_id) == "Text\n"


async def test_a_document_that_is_none_is_not_found(ask: Ask, acme: Tenant) -> None:
    answer = await ask(acme.ana, EDIT, input={"id": node_id("Document", "x"), "operations": APPEND})

    assert [error["code"] for error in answer["data"]["documentEdit"]["userErrors"]] == ["NOT_FOUND"]


async def markdown_of(ask: Ask, tenant: Tenant, document_id: str) -> str:
    answer = await ask(tenant.ana, "query($id: ID!) { document(id: $id) { markdown } }", id=document_id)
    markdown: str = answer["data"]["document"]["markdown"]
    return markdown
