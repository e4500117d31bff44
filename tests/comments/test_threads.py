"""Whoever may read a document talks about it: threads begin, are answered, changed, settled and taken up again."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.directory.issue_api_key import IssueApiKey
from domain.ids import ApiKeyId
from tenancy.secrets import new_secret
from tests.comments.talk import TEXT, listed, replied, said, thread
from tests.suggestions.test_rights_on_generated_text import restrict
from tests.suggestions.test_suggestions_of_people import a_document, content, proposed
from tests.support.world import Tenant


async def test_nobody_and_other_tenants_find_no_comments(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id)
    paths = [f"documents/{document_id}/comments", f"documents/{document_id}/comments/stream"]
    paths += [f"comments/{begun['id']}", f"documents/{document_id}/readers"]
    for path in paths:
        assert (await client.get(f"/api/v1/{path}")).status_code == 401, path
        assert (await client.get(f"/api/v1/{path}", headers=globex.olga.headers)).status_code == 404, path
    assert (await client.get("/api/v1/mentions")).status_code == 401
    assert (await said(client, globex.olga, document_id)).status_code == 404
    assert (await replied(client, globex.olga, begun["id"])).status_code == 404
    for method, path in (("PUT", ""), ("DELETE", ""), ("POST", "/resolution"), ("DELETE", "/resolution")):
        body = {"json": {"body": "Mallory was here."}} if method == "PUT" else {}
        url = f"/api/v1/comments/{begun['id']}{path}"
        answer = await client.request(method, url, headers=globex.olga.headers, **body)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (404, "comment.not_found")


async def test_a_viewer_comments_and_an_auditor_only_reads(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    assert begun["written_by"] == str(acme.vera.member_id)
    refused = await said(client, acme.otto, document_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")
    assert [one["id"] for one in await listed(client, acme.otto, document_id)] == [begun["id"]]


async def test_a_key_that_may_only_read_says_nothing(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    secret = new_secret("colk")
    key = IssueApiKey(
        key_id=ApiKeyId(uuid4()),
        member_id=acme.ana.member_id,
        label="reads",
        secret_hash=secret.digest,
        scopes=("document:read",),
    )
    await colophon.platform.executor.execute(key, acme.operator)
    headers = {"Authorization": f"Bearer {secret.text}"}
    path = f"/api/v1/documents/{document_id}/comments"
    assert (await client.get(path, headers=headers)).status_code == 200
    assert (await client.post(path, json={"body": "Hm."}, headers=headers)).status_code == 403


async def test_a_thread_is_answered_and_no_content_of_the_document(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    answer = await replied(client, acme.ana, begun["id"])
    assert answer.status_code == 201, answer.text
    again = await replied(client, acme.vera, answer.json()["comment_id"], "Thank you.")
    # A reply to a reply stands in the same thread.
    assert [one["body"] for one in again.json()["thread"]["replies"]] == ["It has always been.", "Thank you."]
    seen = (await client.get(f"/api/v1/comments/{begun['id']}", headers=acme.olga.headers)).json()
    assert seen == again.json()["thread"]
    assert seen["author"]["kind"] == "key"
    for wanted in ("markdown", "html", "json", "text"):
        assert "Why so long" not in await content(client, acme.ana, document_id, wanted)


async def test_only_its_author_changes_and_deletes_a_comment(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    path = f"/api/v1/comments/{begun['id']}"
    for who in (acme.ana, acme.olga):
        for refused in (
            await client.put(path, json={"body": "Not mine."}, headers=who.headers),
            await client.delete(path, headers=who.headers),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "comment.not_yours")
    changed = (await client.put(path, json={"body": "Why four?"}, headers=acme.vera.headers)).json()["thread"]
    assert (changed["body"], changed["edited_at"] is None) == ("Why four?", False)
    gone = await client.delete(path, headers=acme.vera.headers)
    assert gone.json()["thread"]["body"] == ""
    assert await listed(client, acme.ana, document_id) == []
    assert (await client.get(path, headers=acme.ana.headers)).status_code == 404


async def test_a_deleted_beginning_leaves_the_replies(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    reply = (await replied(client, acme.ana, begun["id"])).json()["comment_id"]
    await client.delete(f"/api/v1/comments/{begun['id']}", headers=acme.vera.headers)
    [left] = await listed(client, acme.olga, document_id)
    assert (left["deleted"], left["body"], len(left["replies"])) == (True, "", 1)
    again = await replied(client, acme.vera, begun["id"], "As I said.")
    assert again.status_code == 201
    await client.delete(f"/api/v1/comments/{reply}", headers=acme.ana.headers)
    [left] = await listed(client, acme.olga, document_id)
    assert [one["body"] for one in left["replies"]] == ["As I said."]


async def test_its_author_and_whoever_may_write_settle_a_thread(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    hers, anas = await thread(client, acme.vera, document_id), await thread(client, acme.ana, document_id)
    path = "/api/v1/comments/{}/resolution"
    refused = await client.post(path.format(anas["id"]), headers=acme.vera.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")
    for one, who in ((hers, acme.vera), (anas, acme.adam)):
        settled = await client.post(path.format(one["id"]), headers=who.headers)
        assert settled.status_code == 200, settled.text
        assert settled.json()["thread"]["resolved_by"]["id"] == str(who.key_id)
    again = await client.post(path.format(hers["id"]), headers=acme.ana.headers)
    assert again.json()["thread"]["resolved_by"]["id"] == str(acme.vera.key_id)
    assert await listed(client, acme.ana, document_id, resolved=False) == []
    opened = await client.delete(path.format(hers["id"]), headers=acme.ana.headers)
    assert opened.json()["thread"]["resolved_at"] is None
    assert [one["id"] for one in await listed(client, acme.ana, document_id, resolved=False)] == [hers["id"]]
    assert [one["id"] for one in await listed(client, acme.ana, document_id, resolved=True)] == [anas["id"]]


async def test_who_may_not_read_a_document_finds_no_comment_on_it(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.olga)
    begun = await thread(client, acme.olga, document_id)
    await restrict(client, acme.olga, document_id, **{str(acme.ana.member_id): "read"})
    for path in (f"comments/{begun['id']}", f"documents/{document_id}/comments", f"documents/{document_id}/readers"):
        assert (await client.get(f"/api/v1/{path}", headers=acme.vera.headers)).status_code == 404, path
    assert (await replied(client, acme.vera, begun["id"])).status_code == 404
    # Who may read it, talks; to settle what somebody else began takes the right to write.
    assert (await replied(client, acme.ana, begun["id"])).status_code == 201
    refused = await client.post(f"/api/v1/comments/{begun['id']}/resolution", headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "document.access_missing")


async def test_an_archived_document_takes_no_comments_and_shows_those_it_has(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id)
    await client.delete(f"/api/v1/documents/{document_id}", headers=acme.ana.headers)
    url = f"/api/v1/comments/{begun['id']}"
    for refused in (
        await said(client, acme.ana, document_id),
        await replied(client, acme.ana, begun["id"]),
        await client.put(url, json={"body": "Late."}, headers=acme.ana.headers),
        await client.delete(url, headers=acme.ana.headers),
        await client.post(f"{url}/resolution", headers=acme.ana.headers),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "document.archived")
    assert [one["id"] for one in await listed(client, acme.vera, document_id)] == [begun["id"]]


async def test_a_repeated_request_says_it_once(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    headers = {**acme.ana.headers, "Idempotency-Key": "once"}
    url, body = f"/api/v1/documents/{document_id}/comments", {"body": "Why?"}
    first, second = [await client.post(url, json=body, headers=headers) for _ in range(2)]
    assert first.json() == second.json()
    reply = {**acme.ana.headers, "Idempotency-Key": "twice"}
    url = f"/api/v1/comments/{first.json()['comment_id']}/replies"
    one, other = [await client.post(url, json={"body": "Because."}, headers=reply) for _ in range(2)]
    assert one.json()["comment_id"] == other.json()["comment_id"]
    assert len((await listed(client, acme.ana, document_id))[0]["replies"]) == 1


async def test_everybody_may_talk_at_once(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id)
    people = [acme.ana, acme.vera, acme.adam, acme.olga] * 4
    answers = await asyncio.gather(*(replied(client, who, begun["id"], f"Reply {n}") for n, who in enumerate(people)))
    assert {answer.status_code for answer in answers} == {201}
    [left] = await listed(client, acme.ana, document_id)
    assert sorted(one["body"] for one in left["replies"]) == sorted(f"Reply {n}" for n in range(16))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"body": "  \n"}, "comment.refused"),
        ({"body": "x" * 10_001}, "request.invalid"),
        ({"body": "a\0b"}, "comment.refused"),
        ({"body": "a\x1bb"}, "comment.refused"),
        ({"body": "a\u202eb"}, "comment.refused"),
        ({"body": "a\u2066b"}, "comment.refused"),
        ({"anchor": {"block": 9, "start": 0, "end": 1}}, "comment.refused"),
        ({"anchor": {"block": 1, "start": 5, "end": 5}}, "comment.refused"),
        ({"anchor": {"block": 1, "start": 0, "end": 400}}, "comment.refused"),
        ({"anchor": {"block": 1, "start": 0, "end": 3, "block_to": 0}}, "comment.refused"),
        ({"anchor": {"rel_from": "****", "rel_to": "AAAA"}}, "comment.refused"),
        ({"suggestion_id": "0198a1b2-0000-7000-8000-000000000000"}, "suggestion.not_found"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    client: AsyncClient, acme: Tenant, body: dict[str, Any], code: str
) -> None:
    document_id = await a_document(client, acme.ana)
    refused = await said(client, acme.ana, document_id, **{"body": "Hm.", **body})
    assert (refused.status_code, refused.json()["code"]) == (404 if "not_found" in code else 422, code)
    assert await listed(client, acme.ana, document_id) == []


async def test_a_suggestion_is_talked_about(client: AsyncClient, acme: Tenant) -> None:
    document_id, other = await a_document(client, acme.ana, TEXT), await a_document(client, acme.ana, TEXT)
    suggestion_id = (await proposed(client, acme.ana, document_id)).json()["suggestion"]["id"]
    about = await thread(client, acme.vera, document_id, anchor=None, suggestion_id=suggestion_id)
    await thread(client, acme.vera, document_id)
    found = await listed(client, acme.ana, document_id, suggestion_id=suggestion_id)
    assert [(one["id"], one["suggestion_id"], one["anchor"]) for one in found] == [(about["id"], suggestion_id, None)]
    elsewhere = await said(client, acme.ana, other, suggestion_id=suggestion_id)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "suggestion.not_found")


async def test_threads_are_listed_page_by_page_newest_first(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    begun = [(await thread(client, acme.ana, document_id))["id"] for _ in range(3)]
    url = f"/api/v1/documents/{document_id}/comments?limit=2"
    first = (await client.get(url, headers=acme.ana.headers)).json()
    rest = (await client.get(f"{url}&cursor={first['next_cursor']}", headers=acme.ana.headers)).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == begun[::-1]
    assert rest["next_cursor"] is None
