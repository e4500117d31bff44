"""What differs between two positions of a document, word by word, and who did it."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.document.edit_document import EditDocument
from domain.document.body import BodyKind
from domain.document.operations import DeleteRange, InsertText
from tests.history.pasts import created, done, edit
from tests.provenance.histories import a_document
from tests.support.world import Person, Tenant


async def diff(client: AsyncClient, person: Person, document_id: object, **parameters: int) -> dict[str, Any]:
    response = await client.get(f"/api/v1/documents/{document_id}/diff", params=parameters, headers=person.headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def told(found: dict[str, Any], block: int = 0) -> list[tuple[str, str, str | None]]:
    """Every segment of a block as (op, text, whose)."""
    return [
        (s["op"], s["text"], None if s["by"] is None else found["authors"][s["by"]]["author"]["name"])
        for s in found["blocks"][block]["segments"]
    ]


async def test_another_tenant_and_nobody_are_told_nothing(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown="canary-of-acme")
    path = f"/api/v1/documents/{document_id}/diff?from={position}"
    assert (await client.get(path, headers=globex.olga.headers)).status_code == 404
    assert (await client.get(path)).status_code == 401


async def test_words_came_and_went_by_whom(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id = await a_document(colophon, acme, "The quick fox jumps.\n\nSame.", BodyKind.RICH)
    execute = colophon.platform.executor.execute
    before = (await colophon.platform.body_states.load(document_id, acme.ana.context)).position
    for person, operation in (
        (acme.ana, DeleteRange(block=0, offset=4, length=6)),
        (acme.olga, InsertText(block=0, offset=8, text="high ")),
    ):
        await execute(EditDocument(document_id=document_id, operations=(operation,)), person.command())
    # when
    found = await diff(client, acme.vera, document_id, **{"from": before})
    # then
    assert len(found["blocks"]) == 1
    assert told(found) == [
        ("equal", "The ", None),
        ("delete", "quick ", "Ana"),
        ("equal", "fox ", None),
        ("insert", "high ", "Olga"),
        ("equal", "jumps.", None),
    ]
    assert found["blocks"][0] | {"segments": []} == {
        "change": "changed",
        "block_before": 0,
        "block_after": 0,
        "type_before": "paragraph",
        "type_after": "paragraph",
        "restructured": False,
        "segments": [],
        "by": None,
        "at": None,
    }


async def test_a_word_is_changed_as_a_whole_by_who_changed_it(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "a llama runs", BodyKind.PLAIN)
    before = (await colophon.platform.body_states.load(document_id, acme.ana.context)).position
    typed = EditDocument(document_id=document_id, operations=(InsertText(offset=7, text="s"),))
    await colophon.platform.executor.execute(typed, acme.olga.command())
    found = await diff(client, acme.ana, document_id, **{"from": before})
    assert told(found) == [
        ("equal", "a ", None),
        ("delete", "llama", "Olga"),
        ("insert", "llamas", "Olga"),
        ("equal", " runs", None),
    ]


async def test_blocks_come_go_and_become_something_else(client: AsyncClient, acme: Tenant) -> None:
    document_id, before = await created(client, acme.ana, markdown="one line here\n\ngone\n\nlast")
    await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 1})
    await edit(client, acme.olga, document_id, {"type": "insert_block", "at": 0, "markdown": "- new\n- list"})
    found = await diff(client, acme.ana, document_id, **{"from": before})
    assert [(b["change"], b["type_before"], b["type_after"]) for b in found["blocks"]] == [
        ("inserted", None, "bulletList"),
        ("deleted", "paragraph", None),
    ]
    assert found["blocks"][1]["segments"][0]["text"] == "gone"
    assert found["truncated"] is False


async def test_other_marks_are_told_as_formatting(client: AsyncClient, acme: Tenant) -> None:
    document_id, before = await created(client, acme.ana, markdown="some words here")
    await edit(
        client,
        acme.ana,
        document_id,
        {"type": "set_mark", "block": 0, "offset": 5, "length": 5, "mark": "bold"},
    )
    found = await diff(client, acme.ana, document_id, **{"from": before})
    [formatted] = [s for s in found["blocks"][0]["segments"] if s["op"] == "format"]
    assert (formatted["text"], formatted["marks_before"], list(formatted["marks_after"])) == ("words", {}, ["bold"])
    assert found["authors"][formatted["by"]]["author"]["id"] == str(acme.ana.key_id)


async def test_who_formatted_is_not_known_when_several_did_something(client: AsyncClient, acme: Tenant) -> None:
    document_id, before = await created(client, acme.ana, markdown="some words here")
    bold = {"type": "set_mark", "block": 0, "offset": 5, "length": 5, "mark": "bold"}
    await edit(client, acme.ana, document_id, bold)
    await edit(client, acme.olga, document_id, {"type": "append_markdown", "markdown": "More"})
    found = await diff(client, acme.ana, document_id, **{"from": before})
    assert told(found)[1] == ("format", "words", None)


async def test_who_brought_took_away_or_restructured_a_block_is_told(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, before = await created(client, acme.ana, markdown="# Head\n\n---\n\nlast")
    level = {"type": "replace_block", "block": 0, "markdown": "## Head"}
    await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 1})
    # when
    position = await edit(client, acme.ana, document_id, {"type": "append_markdown", "markdown": "---"})
    found = await diff(client, acme.ana, document_id, **{"from": before})
    await edit(client, acme.ana, document_id, level)
    leveled = await diff(client, acme.ana, document_id, **{"from": position})
    # then
    assert whose(found) == [("deleted", str(acme.olga.key_id)), ("inserted", str(acme.ana.key_id))]
    assert [block["segments"] for block in found["blocks"]] == [[], []]
    assert whose(leveled) == [("changed", str(acme.ana.key_id))]
    assert leveled["blocks"][0]["restructured"] is True


def whose(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        (b["change"], None if b["by"] is None else found["authors"][b["by"]]["author"]["id"]) for b in found["blocks"]
    ]


async def test_nothing_differs_after_what_was_done_is_restored(client: AsyncClient, acme: Tenant) -> None:
    document_id, before = await created(client, acme.ana, markdown="one\n\ntwo")
    await edit(client, acme.olga, document_id, {"type": "delete_block", "block": 1})
    restored = await done(client, acme.ana, document_id, "restore", {"position": before})
    assert (await diff(client, acme.ana, document_id, **{"from": before, "to": restored}))["blocks"] == []


@pytest.mark.parametrize(
    "query", ["", "from=x", "from=-1", f"from={2**60}&to=1", f"from={2**50}", f"from=0&to={2**50}"]
)
async def test_a_difference_has_a_beginning_and_a_later_end(client: AsyncClient, acme: Tenant, query: str) -> None:
    document_id, _ = await created(client, acme.ana, markdown="one")
    refused = await client.get(f"/api/v1/documents/{document_id}/diff?{query}", headers=acme.ana.headers)
    assert refused.status_code == 422
