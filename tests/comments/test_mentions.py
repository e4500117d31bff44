"""People are named in comments by their ids, and find where."""

from uuid import uuid4

from httpx import AsyncClient

from tests.comments.talk import replied, said, thread
from tests.suggestions.test_rights_on_generated_text import restrict
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Person, Tenant


async def mentions(client: AsyncClient, who: Person) -> list[str]:
    answer = await client.get("/api/v1/mentions", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return [one["comment_id"] for one in answer.json()["items"]]


def naming(who: Person) -> str:
    return f"Please look, <@{who.member_id}>."


async def test_whoever_is_named_finds_it_and_nobody_else_does(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id, body=naming(acme.vera))
    assert begun["mentions"] == [{"member_id": str(acme.vera.member_id), "name": "Vera"}]
    reply = (await replied(client, acme.ana, begun["id"], naming(acme.vera) * 2)).json()["comment_id"]
    assert await mentions(client, acme.vera) == [reply, begun["id"]]
    assert await mentions(client, acme.adam) == []
    assert await mentions(client, globex.vera) == []


async def test_only_members_who_may_read_the_document_are_named(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_document(client, acme.olga)
    await restrict(client, acme.olga, document_id, **{str(acme.ana.member_id): "read"})
    readers = await client.get(f"/api/v1/documents/{document_id}/readers", headers=acme.ana.headers)
    assert {one["name"] for one in readers.json()["items"]} == {"Olga", "Ana"}
    for nobody in (acme.vera.member_id, globex.olga.member_id, uuid4()):
        refused = await said(client, acme.ana, document_id, f"Hello <@{nobody}>")
        assert (refused.status_code, refused.json()["code"]) == (422, "comment.mention_refused")
    assert (await said(client, acme.ana, document_id, naming(acme.olga))).status_code == 201


async def test_a_mention_goes_with_the_words_and_with_the_right_to_read(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.olga)
    begun = await thread(client, acme.olga, document_id, body=naming(acme.vera))
    kept = await thread(client, acme.olga, document_id, body=naming(acme.vera))
    gone = await thread(client, acme.olga, document_id, body=naming(acme.vera))
    url = f"/api/v1/comments/{begun['id']}"
    await client.put(url, json={"body": naming(acme.ana)}, headers=acme.olga.headers)
    await client.delete(f"/api/v1/comments/{gone['id']}", headers=acme.olga.headers)
    assert await mentions(client, acme.vera) == [kept["id"]]
    assert await mentions(client, acme.ana) == [begun["id"]]
    await restrict(client, acme.olga, document_id)
    assert await mentions(client, acme.vera) == []
    # Who was named before stays named: changing a word needs no right of theirs.
    again = await client.put(url, json={"body": f"{naming(acme.ana)} Soon."}, headers=acme.olga.headers)
    assert again.status_code == 200


async def test_a_comment_names_only_so_many(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    refused = await said(client, acme.ana, document_id, "".join(f"<@{uuid4()}>" for _ in range(51)))
    assert (refused.status_code, refused.json()["code"]) == (422, "comment.refused")
