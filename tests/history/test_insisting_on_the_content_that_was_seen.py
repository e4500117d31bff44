"""If-Match of what brings the past back: the ETag of the content that was seen, and of no other."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.history.pasts import ask, created, edit, markdown
from tests.support.world import Tenant

APPEND = "append_markdown"


async def past_of_two(client: AsyncClient, acme: Tenant) -> tuple[str, dict[str, dict[str, Any] | None]]:
    """Return a document that Ana and Olga edited, and what to ask for of its history."""
    document_id, position = await created(client, acme.ana, markdown="Start")
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 1"})
    await edit(client, acme.ana, document_id, {"type": APPEND, "markdown": "Ana 2"})
    wanted = {"undo": None, "restore": {"position": position}, "revert": {"member_id": str(acme.ana.member_id)}}
    return document_id, wanted


async def etag(client: AsyncClient, acme: Tenant, document_id: str) -> str:
    path = f"/api/v1/documents/{document_id}/content"
    return str((await client.get(path, headers=acme.ana.headers)).headers["etag"])


@pytest.mark.parametrize("what", ["undo", "restore", "revert"])
async def test_the_content_that_was_seen_is_taken_back_and_no_other(
    client: AsyncClient, acme: Tenant, what: str
) -> None:
    # given
    document_id, wanted = await past_of_two(client, acme)
    seen = await etag(client, acme, document_id)
    await edit(client, acme.olga, document_id, {"type": APPEND, "markdown": "Olga"})
    # when
    by_document = await ask(client, acme.ana, document_id, what, wanted[what], **{"If-Match": '"1"'})
    unseen = await ask(client, acme.ana, document_id, what, wanted[what], **{"If-Match": seen})
    now = await etag(client, acme, document_id)
    done = await ask(client, acme.ana, document_id, what, wanted[what], **{"If-Match": now})
    # then
    assert [one.status_code for one in (by_document, unseen, done)] == [409, 409, 200]
    assert f'"{unseen.json()["current_version"]}"' == now
    assert done.headers["etag"] == await etag(client, acme, document_id) != now


async def test_what_changed_nothing_answers_the_content_as_it_stands(client: AsyncClient, acme: Tenant) -> None:
    document_id, wanted = await past_of_two(client, acme)
    await ask(client, acme.ana, document_id, "restore", wanted["restore"])
    again = await ask(client, acme.ana, document_id, "restore", wanted["restore"])
    assert (again.status_code, again.headers["etag"]) == (200, await etag(client, acme, document_id))


async def test_of_many_who_saw_the_same_content_one_changes_it(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await past_of_two(client, acme)
    before = await markdown(client, acme.ana, document_id)
    headers = {"If-Match": await etag(client, acme, document_id)}
    operations = {"operations": [{"type": APPEND, "markdown": "Olga"}]}
    # when
    answers = await asyncio.gather(
        *(ask(client, acme.olga, document_id, "edits", operations, **headers) for _ in range(3)),
        *(ask(client, acme.ana, document_id, "undo", None, **headers) for _ in range(3)),
    )
    # then
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409, 409, 409]
    assert await markdown(client, acme.ana, document_id) in {
        before + "\nOlga\n",
        before.replace("\nAna 2\n", ""),
    }
