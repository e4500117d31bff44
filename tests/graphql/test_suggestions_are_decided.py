"""Suggestions over GraphQL: made, listed, decided hunk by hunk, taken back."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from tests.graphql.conftest import Ask, node_id, uuid_of
from tests.suggestions.test_suggestions_of_people import THREE
from tests.support.world import Person, Tenant

Create = Callable[..., Awaitable[str]]

SUGGESTION = """
  id state version origin rationale decidedAt author { ... on ApiKey { owner { displayName } } }
  decidedBy { ... on ApiKey { owner { displayName } } } generation { id } document { id title }
  hunks { index kind blockFrom blockTo quote deleted inserted state outdated }
"""
CHANGES = {
    name: f"mutation($input: Suggestion{name.title()}Input!) {{ suggestion{name.title()}(input: $input) {{"
    f" suggestion {{ {SUGGESTION} }} userErrors {{ code problem path }} }} }}"
    for name in ("create", "decide", "withdraw")
}
LIST = f"""
query($id: ID!, $state: SuggestionFilter! = ANY, $first: Int, $after: Cursor) {{
  document(id: $id) {{
    markdown
    suggestions(state: $state, first: $first, after: $after) {{
      totalCount nodes {{ {SUGGESTION} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
"""
SHORTER = {"anchor": {"blockFrom": 1, "blockTo": 2}, "replacement": "The calibration takes three weeks."}


async def changed(ask: Ask, who: Person, how: str, **given: object) -> dict[str, Any]:
    answer = await ask(who, CHANGES[how], input=given)
    payload: dict[str, Any] = answer["data"][f"suggestion{how.title()}"]
    return payload


async def problem(ask: Ask, who: Person, how: str, **given: object) -> str:
    payload = await changed(ask, who, how, **given)
    assert payload["suggestion"] is None
    return str(payload["userErrors"][0]["problem"])


async def listed(ask: Ask, who: Person, document: str, **given: object) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(who, LIST, id=document, **given))["data"]["document"]
    return found


async def test_nobody_and_other_tenants_find_none(
    client: AsyncClient, ask: Ask, create: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    document, theirs = [await create(t.ana, "Offer", markdown=THREE) for t in (acme, globex)]
    made = await changed(ask, acme.ana, "create", documentId=document, **{**SHORTER, "replacement": "Canary-acme."})
    await changed(ask, globex.ana, "create", documentId=theirs, **{**SHORTER, "replacement": "Canary-globex."})
    id_ = made["suggestion"]["id"]
    # when, then
    for query, given in ((LIST, {"id": document}), (CHANGES["withdraw"], {"input": {"id": id_}})):
        anonymous = await client.post("/graphql", json={"query": query, "variables": given})
        assert anonymous.status_code == 401
    assert (await ask(globex.olga, LIST, id=document))["data"]["document"] is None
    node = "query($id: ID!) { node(id: $id) { ... on Suggestion { state } } }"
    assert (await ask(globex.olga, node, id=id_))["data"]["node"] is None
    assert (await ask(acme.vera, node, id=id_))["data"]["node"] == {"state": "OPEN"}
    assert await problem(ask, globex.olga, "create", documentId=document, **SHORTER) == "document.not_found"
    decided = {"id": id_, "decision": "ACCEPT", "hunks": [0]}
    assert await problem(ask, globex.olga, "decide", **decided) == "suggestion.not_found"
    assert await problem(ask, globex.olga, "withdraw", id=id_) == "suggestion.not_found"
    assert "Canary-acme" not in str(await ask(globex.olga, LIST, id=theirs))


async def test_a_viewer_proposes_and_decides_nothing(ask: Ask, create: Create, acme: Tenant) -> None:
    document = await create(acme.ana, "Offer", markdown=THREE)
    id_ = (await changed(ask, acme.ana, "create", documentId=document, **SHORTER))["suggestion"]["id"]
    assert [node["id"] for node in (await listed(ask, acme.vera, document))["suggestions"]["nodes"]] == [id_]
    assert await problem(ask, acme.otto, "create", documentId=document, **SHORTER) == "permission.missing"
    assert await problem(ask, acme.vera, "decide", id=id_, decision="REJECT", hunks=[0]) == "permission.missing"
    assert await problem(ask, acme.vera, "withdraw", id=id_) == "permission.missing"
    own = (await changed(ask, acme.vera, "create", documentId=document, **SHORTER))["suggestion"]
    assert await problem(ask, acme.vera, "decide", id=own["id"], decision="ACCEPT", hunks=[0]) == "permission.missing"
    assert (await changed(ask, acme.vera, "withdraw", id=own["id"]))["suggestion"]["state"] == "WITHDRAWN"


async def test_hunks_are_decided_one_by_one(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    document = await create(acme.ana, "Offer", markdown=THREE)
    wanted = {"anchor": {"blockFrom": 0, "blockTo": 3, "quote": THREE}, "rationale": "Quicker.", "idempotencyKey": "a"}
    wanted["replacement"] = THREE.replace("First", "1st").replace("Last", "3rd")
    made = (await changed(ask, acme.ana, "create", documentId=document, **wanted))["suggestion"]
    again = (await changed(ask, acme.ana, "create", documentId=document, **wanted))["suggestion"]
    assert made["id"] == again["id"]
    assert (made["state"], made["origin"], made["generation"]) == ("OPEN", "API_KEY", None)
    assert made["author"]["owner"]["displayName"] == "Ana"
    assert [(hunk["deleted"], hunk["inserted"]) for hunk in made["hunks"]] == [
        ("First paragraph stands.", "1st paragraph stands."), ("Last paragraph stands.", "3rd paragraph stands."),
    ]  # fmt: skip
    assert "1st" not in (await listed(ask, acme.adam, document))["markdown"]
    # when
    taken = await changed(ask, acme.adam, "decide", id=made["id"], decision="ACCEPT", hunks=[0])
    last = await changed(ask, acme.adam, "decide", id=made["id"], decision="REJECT", hunks=[1], reason="No.")
    # then
    assert taken["suggestion"]["state"] == "OPEN"
    assert last["suggestion"]["state"] == "PARTLY_ACCEPTED"
    assert [hunk["state"] for hunk in last["suggestion"]["hunks"]] == ["ACCEPTED", "REJECTED"]
    assert last["suggestion"]["decidedBy"]["owner"]["displayName"] == "Adam"
    markdown = (await listed(ask, acme.vera, document))["markdown"]
    assert "1st paragraph" in markdown
    assert "Last paragraph" in markdown
    repeated = await problem(ask, acme.adam, "decide", id=made["id"], decision="ACCEPT", hunks=[0])
    assert repeated == "suggestion.decided_already"


async def test_whoever_insists_on_what_was_seen_hears_of_what_was_decided_since(
    ask: Ask, create: Create, acme: Tenant
) -> None:
    document = await create(acme.ana, "Offer", markdown=THREE)
    wanted = {
        "anchor": {"blockFrom": 0, "blockTo": 3},
        "replacement": THREE.replace("First", "1st").replace("Last", "3rd"),
    }
    made = (await changed(ask, acme.ana, "create", documentId=document, **wanted))["suggestion"]
    seen = {"id": made["id"], "expectedVersion": made["version"]}
    now = (await changed(ask, acme.adam, "decide", decision="REJECT", hunks=[0], **seen))["suggestion"]
    assert await problem(ask, acme.ana, "decide", decision="ACCEPT", hunks=[1], **seen) == "stream.version_conflict"
    assert await problem(ask, acme.ana, "withdraw", **seen) == "stream.version_conflict"
    done = await changed(ask, acme.ana, "withdraw", id=made["id"], expectedVersion=now["version"])
    assert done["userErrors"] == []


async def test_a_hunk_whose_place_is_gone_is_outdated(ask: Ask, create: Create, acme: Tenant) -> None:
    document = await create(acme.ana, "Offer", markdown=THREE)
    first, late = [
        (await changed(ask, acme.ana, "create", documentId=document, **{**SHORTER, "replacement": words}))["suggestion"]
        for words in ("Three weeks.", "Five weeks.")
    ]
    await changed(ask, acme.ana, "decide", id=first["id"], decision="ACCEPT", hunks=[0])
    answer = await changed(ask, acme.ana, "decide", id=late["id"], decision="ACCEPT", hunks=[0])
    assert answer["userErrors"] == []
    assert answer["suggestion"]["state"] == "OUTDATED"
    assert answer["suggestion"]["hunks"][0]["outdated"] is True
    assert "Five" not in (await listed(ask, acme.ana, document))["markdown"]


async def test_what_cannot_be_is_said_as_data(ask: Ask, create: Create, acme: Tenant) -> None:
    document = await create(acme.ana, "Offer", markdown=THREE)
    made = (await changed(ask, acme.ana, "create", documentId=document, **SHORTER))["suggestion"]
    elsewhere = {"anchor": {"blockFrom": 8, "blockTo": 9}}
    other_text = {"anchor": {"blockFrom": 1, "blockTo": 2, "quote": "Not there."}}
    for odd in (elsewhere, other_text, {"replacement": "x" * 100_001}, {"rationale": "x" * 2_001}):
        assert await problem(ask, acme.ana, "create", documentId=document, **{**SHORTER, **odd}) == "suggestion.refused"
    for hunks in ([], [7], [-1]):
        refused = await problem(ask, acme.ana, "decide", id=made["id"], decision="ACCEPT", hunks=hunks)
        assert refused == "suggestion.refused"
    for id_ in ("nonsense", document, node_id("Suggestion", uuid_of(document))):
        assert await problem(ask, acme.ana, "withdraw", id=id_) == "suggestion.not_found"


async def test_they_are_listed_page_by_page_newest_first(ask: Ask, create: Create, acme: Tenant) -> None:
    document = await create(acme.ana, "Offer", markdown=THREE)
    made = [(await changed(ask, acme.ana, "create", documentId=document, **SHORTER))["suggestion"]["id"] for _ in "abc"]
    gone = await changed(ask, acme.ana, "withdraw", id=made[0])
    assert gone["suggestion"]["state"] == "WITHDRAWN"
    page = (await listed(ask, acme.vera, document, first=2))["suggestions"]
    rest = (await listed(ask, acme.vera, document, first=2, after=page["pageInfo"]["endCursor"]))["suggestions"]
    assert [node["id"] for node in (*page["nodes"], *rest["nodes"])] == made[::-1]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"], page["totalCount"]) == (True, False, 3)
    still_open = (await listed(ask, acme.vera, document, state="OPEN"))["suggestions"]["nodes"]
    assert [node["id"] for node in still_open] == made[:0:-1]
