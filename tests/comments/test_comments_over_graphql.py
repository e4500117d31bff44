"""Comments over GraphQL: what is said, about what, by whom; and each as an event of its document."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from tests.comments.talk import TEXT
from tests.graphql.conftest import Ask, ask, create, node_id, uuid_of  # noqa: F401  # fixtures
from tests.support.world import Person, Tenant

Create = Callable[..., Awaitable[str]]

COMMENT = """
  id body deleted resolvedAt createdAt editedAt suggestion { id } document { id } mentions { displayName }
  author { ... on ApiKey { owner { displayName } } } resolvedBy { ... on ApiKey { owner { displayName } } }
  anchor { quote orphaned moved relFrom relTo range { block start blockTo end } }
  replies(first: 5) { totalCount nodes { id body thread { id } } pageInfo { hasNextPage endCursor } }
"""
INPUTS = {"Create": "CommentCreateInput", "Reply": "CommentWordsInput", "Edit": "CommentWordsInput"}
LIST = f"""
query($id: ID!, $resolved: Boolean, $first: Int, $after: Cursor) {{
  document(id: $id) {{
    comments(resolved: $resolved, first: $first, after: $after) {{
      totalCount nodes {{ {COMMENT} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
"""


async def changed(ask: Ask, who: Person, how: str, **given: object) -> dict[str, Any]:  # noqa: F811
    mutation = f"""mutation($input: {INPUTS.get(how, "CommentInput")}!) {{
      comment{how}(input: $input) {{ comment {{ {COMMENT} }} receipt {{ position }} userErrors {{ problem }} }}
    }}"""
    answer = await ask(who, mutation, input=given)
    payload: dict[str, Any] = answer["data"][f"comment{how}"]
    return payload


async def listed(ask: Ask, who: Person, document: str, **given: object) -> dict[str, Any]:  # noqa: F811
    found: dict[str, Any] = (await ask(who, LIST, id=document, **given))["data"]["document"]["comments"]
    return found


async def test_nobody_and_other_tenants_find_none(
    client: AsyncClient,
    ask: Ask,  # noqa: F811
    create: Create,  # noqa: F811
    acme: Tenant,
    globex: Tenant,
) -> None:
    document = await create(acme.ana, "Offer", markdown=TEXT)
    made = (await changed(ask, acme.ana, "Create", documentId=document, body="Canary"))["comment"]["id"]
    anonymous = await client.post("/graphql", json={"query": LIST, "variables": {"id": document}})
    assert anonymous.status_code == 401
    assert (await ask(globex.olga, LIST, id=document))["data"]["document"] is None
    node = "query($id: ID!) { node(id: $id) { ... on Comment { body } } }"
    assert (await ask(globex.olga, node, id=made))["data"]["node"] is None
    assert (await ask(acme.otto, node, id=made))["data"]["node"] == {"body": "Canary"}
    for how, given in (("Reply", {"body": "x"}), ("Edit", {"body": "x"}), ("Delete", {}), ("Resolve", {})):
        refused = await changed(ask, globex.olga, how, id=made, **given)
        assert refused["userErrors"][0]["problem"] == "comment.not_found"
    refused = await changed(ask, globex.olga, "Create", documentId=document, body="x")
    assert refused["userErrors"][0]["problem"] == "document.not_found"


async def test_a_thread_from_its_beginning_to_its_end(ask: Ask, create: Create, acme: Tenant) -> None:  # noqa: F811
    # given
    document = await create(acme.ana, "Offer", markdown=TEXT)
    anchor = {"range": {"block": 1, "start": 4, "end": 15}}
    body = f"Why, <@{acme.olga.member_id}>?"
    given = {"documentId": document, "body": body, "anchor": anchor, "idempotencyKey": "a"}
    # when
    made = (await changed(ask, acme.vera, "Create", **given))["comment"]
    assert (await changed(ask, acme.vera, "Create", **given))["comment"]["id"] == made["id"]
    reply = (await changed(ask, acme.ana, "Reply", id=made["id"], body="Because."))["comment"]
    await changed(ask, acme.olga, "Reply", id=reply["id"], body="I see.")
    edited = (await changed(ask, acme.vera, "Edit", id=made["id"], body="Why four?"))["comment"]
    settled = (await changed(ask, acme.ana, "Resolve", id=made["id"]))["comment"]
    # then
    assert (made["author"]["owner"]["displayName"], made["document"]["id"]) == ("Vera", document)
    assert [one["displayName"] for one in made["mentions"]] == ["Olga"]
    assert made["anchor"]["quote"] == "calibration"
    assert made["anchor"]["range"] == {"block": 1, "start": 4, "blockTo": 1, "end": 15}
    assert (edited["body"], edited["mentions"], edited["editedAt"] is None) == ("Why four?", [], False)
    assert settled["resolvedBy"]["owner"]["displayName"] == "Ana"
    assert [one["body"] for one in settled["replies"]["nodes"]] == ["Because.", "I see."]
    assert {one["thread"]["id"] for one in settled["replies"]["nodes"]} == {made["id"]}
    assert (await listed(ask, acme.ana, document, resolved=False))["nodes"] == []
    assert (await changed(ask, acme.vera, "Reopen", id=made["id"]))["comment"]["resolvedAt"] is None
    assert (await changed(ask, acme.vera, "Delete", id=made["id"]))["comment"]["deleted"]
    [left] = (await listed(ask, acme.ana, document))["nodes"]
    assert (left["body"], left["replies"]["totalCount"]) == ("", 2)


async def test_positions_and_refusals_are_data(ask: Ask, create: Create, acme: Tenant) -> None:  # noqa: F811
    document = await create(acme.ana, "Offer", markdown=TEXT)
    first = await changed(
        ask, acme.ana, "Create", documentId=document, body="x", anchor={"range": {"block": 0, "start": 0, "end": 5}}
    )
    ends = {name: first["comment"]["anchor"][name] for name in ("relFrom", "relTo")}
    again = await changed(ask, acme.ana, "Create", documentId=document, body="y", anchor=ends)
    assert again["comment"]["anchor"] == first["comment"]["anchor"]
    odd: list[tuple[dict[str, object], str]] = [
        ({"anchor": {"quote": "First"}}, "comment.refused"),
        ({"anchor": {**ends, "range": {"start": 0, "end": 1}}}, "comment.refused"),
        ({"body": " "}, "comment.refused"),
        ({"body": f"<@{acme.tenant_id}>"}, "comment.mention_refused"),
        ({"suggestionId": node_id("Suggestion", uuid_of(document))}, "suggestion.not_found"),
    ]
    for given, problem in odd:
        refused = await changed(ask, acme.ana, "Create", **{"documentId": document, "body": "x", **given})
        assert refused["userErrors"] == [{"problem": problem}]
    seen = await listed(ask, acme.ana, document, first=1)
    assert (len(seen["nodes"]), seen["totalCount"], seen["pageInfo"]["hasNextPage"]) == (1, 2, True)
    rest = await listed(ask, acme.ana, document, first=1, after=seen["pageInfo"]["endCursor"])
    assert [one["body"] for one in seen["nodes"] + rest["nodes"]] == ["y", "x"]
