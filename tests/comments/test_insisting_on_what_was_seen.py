"""If-Match on a comment: the thread's version, and a change that was not seen is answered with a conflict."""

import asyncio

import pytest
from httpx import AsyncClient

from tests.comments.talk import listed, replied, said, thread
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Tenant


async def test_a_change_insists_on_the_thread_that_was_seen(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id)
    url = f"/api/v1/comments/{begun['id']}"
    seen = (await client.get(url, headers=acme.ana.headers)).headers["ETag"]
    assert seen == f'"{begun["version"]}"'
    # What is said elsewhere in the document changes no other thread.
    await thread(client, acme.vera, document_id)
    insisting = {**acme.ana.headers, "If-Match": seen}
    changed = await client.put(url, json={"body": "Why four?"}, headers=insisting)
    assert changed.status_code == 200, changed.text
    for method, path, body in (
        ("PUT", url, {"body": "Why five?"}),
        ("DELETE", url, None),
        ("POST", f"{url}/resolution", None),
        ("DELETE", f"{url}/resolution", None),
    ):
        late = await client.request(method, path, json=body, headers=insisting)
        assert (late.status_code, late.json()["code"]) == (409, "stream.version_conflict"), path
        assert f'"{late.json()["current_version"]}"' == changed.headers["ETag"]
    settled = await client.post(f"{url}/resolution", headers={**insisting, "If-Match": changed.headers["ETag"]})
    assert settled.status_code == 200
    assert [one["body"] for one in await listed(client, acme.vera, document_id, resolved=True)] == ["Why four?"]


@pytest.mark.parametrize("junk", ["junk", '"one"', '"1", "2"'])
async def test_what_is_no_version_is_refused(client: AsyncClient, acme: Tenant, junk: str) -> None:
    begun = await thread(client, acme.ana, await a_document(client, acme.ana))
    url, headers = f"/api/v1/comments/{begun['id']}", {**acme.ana.headers, "If-Match": junk}
    for refused in (
        await client.put(url, json={"body": "Hm."}, headers=headers),
        await client.delete(url, headers=headers),
        await client.post(f"{url}/resolution", headers=headers),
        await client.delete(f"{url}/resolution", headers=headers),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, "request.if_match_refused")


async def test_of_two_who_insist_at_once_one_is_refused(client: AsyncClient, acme: Tenant) -> None:
    begun = await thread(client, acme.ana, await a_document(client, acme.ana))
    url, headers = f"/api/v1/comments/{begun['id']}", {**acme.ana.headers, "If-Match": f'"{begun["version"]}"'}
    answers = await asyncio.gather(
        *(client.put(url, json={"body": f"Try {number}"}, headers=headers) for number in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_what_is_made_says_where_it_is_and_which_version(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = await said(client, acme.ana, document_id)
    answered = await replied(client, acme.vera, made.json()["comment_id"])
    for answer in (made, answered):
        assert answer.headers["Location"] == f"/api/v1/comments/{answer.json()['comment_id']}"
        assert answer.headers["ETag"] == f'"{answer.json()["thread"]["version"]}"'
        assert (await client.get(answer.headers["Location"], headers=acme.ana.headers)).status_code == 200


async def test_lists_take_the_position_that_an_answer_must_include(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    made = (await said(client, acme.ana, document_id, f"Look, <@{acme.vera.member_id}>.")).json()
    for path in (f"documents/{document_id}/comments", f"documents/{document_id}/readers", "mentions"):
        url = f"/api/v1/{path}"
        at_least = {"at_least": made["receipt"]["position"]}
        answer = await client.get(url, params=at_least, headers=acme.vera.headers)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) >= 1
        refused = await client.get(url, params={"at_least": "soon"}, headers=acme.vera.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")
