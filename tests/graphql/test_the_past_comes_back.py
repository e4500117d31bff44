"""Restoring, undoing, reverting, naming and comparing over GraphQL, as over REST."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.graphql.conftest import Ask
from tests.support.world import Person, Tenant

Create = Callable[..., Awaitable[str]]

CHANGE = """
mutation Change($input: %s!) {
  %s(input: $input) { document { markdown } receipt { position } userErrors { code problem } }
}"""
EDIT = CHANGE % ("DocumentEditInput", "documentEdit")
RESTORE = CHANGE % ("DocumentRestoreInput", "documentRestore")
UNDO = CHANGE % ("DocumentUndoInput", "documentUndo")
REDO = CHANGE % ("DocumentUndoInput", "documentRedo")
REVERT = CHANGE % ("DocumentRevertInput", "documentRevert")
NAME = """
mutation Name($input: VersionNameInput!) {
  versionName(input: $input) { version { id label position } userErrors { code problem } }
}"""
RENAME = """
mutation Rename($input: VersionRenameInput!) {
  versionRename(input: $input) { version { label listVersion } userErrors { code problem } }
}"""
PAST = """
query Past($id: ID!, $from: Int!) {
  document(id: $id) {
    versions { label position listVersion }
    diff(from: $from) { op text author { __typename } }
    revisions { nodes { position label diff { op text } } }
  }
}"""
DIFFERENCE = """
query Difference($id: ID!, $from: Int!) {
  document(id: $id) { difference(from: $from) { hunks { op text typeAfter origin } truncated } }
}"""
APPEND = [{"appendMarkdown": {"markdown": "More"}}]


@pytest.mark.parametrize("who", ["viewer", "stranger"])
async def test_whoever_may_not_write_brings_nothing_back(
    ask: Ask, create: Create, acme: Tenant, globex: Tenant, who: str
) -> None:
    document_id = await create(acme.ana, markdown="Text")
    person = acme.vera if who == "viewer" else globex.olga
    code = "FORBIDDEN" if who == "viewer" else "NOT_FOUND"
    assert code in str(await ask(person, UNDO, input={"id": document_id}))
    assert code in str(await ask(person, RESTORE, input={"id": document_id, "position": 1}))
    assert code in str(await ask(person, NAME, input={"documentId": document_id, "label": "x"}))


async def told(ask: Ask, person: Person, query: str, **variables: Any) -> dict[str, Any]:
    data: dict[str, Any] = (await ask(person, query, **variables))["data"]
    return data


async def test_what_was_done_is_undone_redone_restored_and_reverted(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    document_id = await create(acme.ana, markdown="One")
    before = (await told(ask, acme.ana, NAME, input={"documentId": document_id, "label": "First"}))["versionName"][
        "version"
    ]
    await told(ask, acme.ana, EDIT, input={"id": document_id, "operations": APPEND})
    seen = []
    # when
    for mutation, more in (
        (UNDO, {}),
        (REDO, {}),
        (RESTORE, {"position": before["position"]}),
        (UNDO, {}),
        (REVERT, {"generationId": None, "memberId": None}),
    ):
        [answer] = (await told(ask, acme.ana, mutation, input={"id": document_id, **more})).values()
        seen.append(answer["document"]["markdown"] if answer["document"] else answer["userErrors"][0]["problem"])
    # then
    assert seen == ["One\n", "One\n\nMore\n", "One\n", "One\n\nMore\n", "history.contribution_refused"]


async def test_names_and_differences_are_told(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    document_id = await create(acme.ana, markdown="One")
    named = (await told(ask, acme.ana, NAME, input={"documentId": document_id, "label": "First"}))["versionName"][
        "version"
    ]
    edited = await told(ask, acme.olga, EDIT, input={"id": document_id, "operations": APPEND})
    await told(ask, acme.ana, RENAME, input={"id": named["id"], "label": "Sent"})
    # when
    past = (await told(ask, acme.ana, PAST, id=document_id, **{"from": named["position"]}))["document"]
    # then
    assert past["versions"] == [{"label": "Sent", "position": named["position"], "listVersion": 2}]
    assert [revision["label"] for revision in past["revisions"]["nodes"]] == [None, "Sent", None]
    assert [(hunk["op"], hunk["text"]) for hunk in past["diff"]] == [("INSERT", "More")]
    newest = past["revisions"]["nodes"][0]
    assert newest["position"] == edited["documentEdit"]["receipt"]["position"]
    assert newest["diff"] == [{"op": "INSERT", "text": "More"}]
    # and
    insisting = {"id": named["id"], "label": "Mine", "expectedVersion": 1}
    refused = (await told(ask, acme.ana, RENAME, input=insisting))["versionRename"]
    assert refused["userErrors"][0]["problem"] == "stream.version_conflict"
    assert (await told(ask, acme.ana, RENAME, input={"id": named["id"]}))["versionRename"] == {
        "version": None,
        "userErrors": [],
    }


async def test_blocks_without_words_are_told_and_whether_it_is_all(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    document_id = await create(acme.ana, markdown="# Head")
    named = (await told(ask, acme.ana, NAME, input={"documentId": document_id, "label": "First"}))["versionName"]
    operations = [{"appendMarkdown": {"markdown": "---"}}, {"replaceBlock": {"block": 0, "markdown": "## Head"}}]
    await told(ask, acme.olga, EDIT, input={"id": document_id, "operations": operations})
    # when
    start = named["version"]["position"]
    found = (await told(ask, acme.ana, DIFFERENCE, id=document_id, **{"from": start}))["document"]["difference"]
    # then
    assert [(hunk["op"], hunk["text"], hunk["typeAfter"]) for hunk in found["hunks"]] == [
        ("RESTRUCTURE", "", "heading"),
        ("EQUAL", "Head", "heading"),
        ("INSERT", "", "horizontalRule"),
    ]
    assert [hunk["origin"] for hunk in found["hunks"]] == ["IMPORTED", None, "IMPORTED"]
    assert found["truncated"] is False


async def test_a_contribution_of_another_kind_of_thing_is_not_found(ask: Ask, create: Create, acme: Tenant) -> None:
    document_id = await create(acme.ana, markdown="One")
    wanted = {"id": document_id, "memberId": document_id, "generationId": None}
    [answer] = (await told(ask, acme.ana, REVERT, input=wanted)).values()
    assert answer["userErrors"][0]["problem"] == "member.not_found"
