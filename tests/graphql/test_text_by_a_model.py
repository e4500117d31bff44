"""Text asked of a model over GraphQL: started, followed, stopped, and decided on hunk by hunk."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.gateway.test_calling_a_model import set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House, house  # noqa: F401  # a fixture
from tests.graphql.conftest import Ask, node_id, uuid_of
from tests.graphql.sockets import socket_to
from tests.graphql.test_the_event_stream_transport import frames
from tests.suggestions.test_generations_that_end_early import begun, client_of
from tests.suggestions.test_suggestions_of_people import a_document
from tests.suggestions.test_text_written_by_a_model import TEXT, ended
from tests.support.world import Person, Tenant

Create = Callable[..., Awaitable[str]]

GENERATION = """
  id state kind mode instruction target { blockFrom blockTo } requestedBy { displayName }
  markdown provider model template templateVersion routeReason inputTokens outputTokens cost { amount currency }
  sources { quote document { id } } error { code } document { id }
  suggestion { id state origin hunks { index deleted inserted state } generation { id } }
"""
START = (
    "mutation($input: GenerationStartInput!) { generationStart(input: $input) {"
    f" generation {{ {GENERATION} }} receipt {{ position }} budget {{ scope hardLimit {{ amount }} }}"
    " estimate { amount } clientMutationId"
    " userErrors { __typename code problem } } }"
)
CANCEL = (
    "mutation($input: GenerationCancelInput!) { generationCancel(input: $input) {"
    " generation { state } userErrors { code problem } } }"
)
LOOK = f"query($id: ID!) {{ generation(id: $id) {{ {GENERATION} }} node(id: $id) {{ id }} }}"
EVENTS = f"""
subscription($id: ID!, $after: Int! = 0) {{
  generationEvents(generationId: $id, afterSeq: $after) {{
    __typename
    ... on GenerationDelta {{ seq text }}
    ... on GenerationStateChanged {{ seq state }}
    ... on Generation {{ {GENERATION} }}
  }}
}}
"""
DECIDE = """
mutation($input: SuggestionDecideInput!) {
  suggestionDecide(input: $input) { suggestion { state decidedBy { ... on ApiKey { owner { displayName } } } }
    userErrors { problem } }
}
"""


def rewrite(document: str, **more: object) -> dict[str, object]:
    selection = {"selection": {"blockFrom": 0, "blockTo": 1}}
    return {"documentId": document, "kind": "REWRITE", "target": selection, **more}


async def started(ask: Ask, who: Person, **given: object) -> dict[str, Any]:
    answer = await ask(who, START, input=given)
    payload: dict[str, Any] = answer["data"]["generationStart"]
    return payload


async def followed(server_url: str, who: Person, generation: str, after: int = 0) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    async with socket_to(server_url, who.headers) as socket:
        await socket.initialise()
        await socket.subscribe(EVENTS, id=generation, after=after)
        while (message := await socket.received())["type"] == "next":
            events.append(message["payload"]["data"]["generationEvents"])
    return events


async def test_nobody_other_tenants_and_viewers_ask_for_nothing(
    client: AsyncClient, server: AsyncClient, ask: Ask, create: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    document = await create(acme.ana, "Offer", markdown=f"Canary-acme. {TEXT}")
    await create(globex.ana, "Offer", markdown=f"Canary-globex. {TEXT}")
    # when, then
    anonymous = await client.post("/graphql", json={"query": START, "variables": {"input": rewrite(document)}})
    assert anonymous.status_code == 401
    assert (await started(ask, globex.ana, **rewrite(document)))["userErrors"][0]["problem"] == "document.not_found"
    refused = (await started(ask, acme.vera, **rewrite(document)))["userErrors"]
    assert refused == [{"__typename": "ForbiddenError", "code": "FORBIDDEN", "problem": "permission.missing"}]

    generation = (await started(ask, acme.ana, **rewrite(document)))["generation"]["id"]
    assert (await ask(globex.ana, LOOK, id=generation))["data"] == {"generation": None, "node": None}
    stopped = (await ask(globex.ana, CANCEL, input={"id": generation}))["data"]["generationCancel"]
    assert stopped == {"generation": None, "userErrors": [{"code": "NOT_FOUND", "problem": "generation.not_found"}]}
    body = {"query": EVENTS, "variables": {"id": generation}}
    headers = globex.ana.headers | {"Accept": "text/event-stream"}
    async with server.stream("POST", "/graphql", json=body, headers=headers) as response:
        (_, seen), *_ = [frame async for frame in frames(response)]
    assert seen["errors"][0]["extensions"]["problem"] == "generation.not_found"


async def test_it_is_started_followed_and_decided(
    server_url: str, ask: Ask, create: Create, acme: Tenant, globex: Tenant
) -> None:
    # given
    await create(globex.ana, "Offer", markdown=f"Canary-globex. {TEXT}")
    document = await create(acme.ana, "Offer", markdown=TEXT)
    # when
    wanted = rewrite(document, idempotencyKey="once", clientMutationId="mine")
    payload = await started(ask, acme.ana, **wanted)
    again = await started(ask, acme.ana, **wanted)
    events = await followed(server_url, acme.vera, payload["generation"]["id"])
    # then
    assert payload["userErrors"] == []
    assert payload["clientMutationId"] == "mine"
    assert payload["budget"]["scope"] in {"MEMBER", "TENANT"}
    assert again["generation"]["id"] == payload["generation"]["id"]
    assert payload["generation"]["state"] in {"QUEUED", "STREAMING"}
    state, generation = events[-2:]
    assert (state["state"], generation["state"]) == ("SUCCEEDED", "SUCCEEDED")
    assert (
        "".join(event["text"] for event in events if event["__typename"] == "GenerationDelta") == generation["markdown"]
    )
    assert (generation["provider"], generation["model"]) == ("local", "extractive")
    assert (generation["template"], generation["templateVersion"]) == ("rewrite", 0)
    assert generation["requestedBy"] == {"displayName": "Ana"}
    assert generation["target"] == {"blockFrom": 0, "blockTo": 1}
    assert 0 < float(generation["cost"]["amount"]) <= float(payload["estimate"]["amount"])
    assert "Canary-globex" not in str(events)
    suggestion = generation["suggestion"]
    assert (suggestion["origin"], suggestion["generation"]["id"]) == ("AI", generation["id"])
    assert suggestion["hunks"][0]["deleted"].startswith("We write in order to")

    decided = {"id": suggestion["id"], "decision": "ACCEPT", "hunks": [0]}
    assert (await ask(acme.ana, DECIDE, input=decided))["data"]["suggestionDecide"] == {
        "suggestion": {"state": "ACCEPTED", "decidedBy": {"owner": {"displayName": "Ana"}}}, "userErrors": [],
    }  # fmt: skip
    read = await ask(acme.vera, "query($id: ID!) { document(id: $id) { markdown } }", id=document)
    assert read["data"]["document"]["markdown"].startswith("We write to inform you.")
    # One that has ended is told from where the reader was.
    late = await followed(server_url, acme.vera, generation["id"], after=3)
    assert [event["text"] for event in late if "text" in event] == [generation["markdown"][3:]]


async def test_what_cannot_be_done_is_said_as_data(ask: Ask, create: Create, acme: Tenant) -> None:
    document = await create(acme.ana, "Offer", markdown=TEXT)
    whole = {"wholeDocument": True}

    async def problem(**given: object) -> str:
        errors = (await started(ask, acme.ana, **rewrite(document, **given)))["userErrors"]
        return str(errors[0]["problem"])

    assert await problem(target=whole) == "generation.refused"
    assert await problem(target={"selection": {"blockFrom": 3, "blockTo": 9}}) == "generation.refused"
    assert await problem(target=whole, kind="DRAFT", instruction="x" * 4_001) == "generation.refused"
    assert await problem(documentId="nonsense") == "document.not_found"
    assert await problem(documentId=node_id("Generation", uuid_of(document))) == "document.not_found"
    both = await ask(acme.ana, START, input=rewrite(document, target={**whole, "selection": None}))
    assert both["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    missing = (await ask(acme.ana, CANCEL, input={"id": "nonsense"}))["data"]["generationCancel"]["userErrors"]
    assert missing == [{"code": "NOT_FOUND", "problem": "generation.not_found"}]


@pytest.mark.parametrize(
    ("keys", "value", "code", "state"),
    [
        ("ai.member_day_micros", 0, "ai.budget_exceeded", "FAILED"),
        ("ai.route.small ai.route.large", ["hosted/unheard-of"], "ai.unknown_model", "FAILED"),
        ("ai.enabled", False, "generation.switched_off", None),
    ],
)
async def test_what_the_gateway_refuses_is_the_generations_error(  # its arguments are fixtures and a case
    server_url: str, ask: Ask, create: Create, acme: Tenant, keys: str, value: object, code: str, state: str | None
) -> None:
    # given
    document = await create(acme.ana, "Offer", markdown=TEXT)
    set_ = "mutation($input: SettingChangeInput!) { settingChange(input: $input) { userErrors { problem } } }"
    for key in keys.split():
        await ask(acme.olga, set_, input={"key": key, "scope": "TENANT", "value": value})
    # when
    payload = await started(ask, acme.ana, **rewrite(document))
    # then
    if state is None:
        assert [error["problem"] for error in payload["userErrors"]] == [code]
        return
    end = (await followed(server_url, acme.ana, payload["generation"]["id"]))[-1]
    assert (end["state"], end["error"]["code"]) == (state, code)
    assert (end["markdown"], end["cost"], end["suggestion"]) == (None, None, None)


async def test_a_generation_is_stopped_by_its_asker_and_by_nobody_without_the_right(house: House) -> None:  # noqa: F811
    # given
    house.first.pauses_after = 1
    async with client_of(house.colophon) as client:

        async def ask(who: Person, query: str, **variables: object) -> dict[str, Any]:
            body = {"query": query, "variables": variables}
            answer: dict[str, Any] = (await client.post("/graphql", json=body, headers=who.headers)).json()["data"]
            return answer

        generation = node_id("Generation", await begun(house, client))
        # when
        forbidden = await ask(house.acme.vera, CANCEL, input={"id": generation})
        stopped = await ask(house.acme.ana, CANCEL, input={"id": generation})
        async with asyncio.timeout(60):
            await house.first.left.wait()
        # then
        assert forbidden["generationCancel"]["userErrors"][0]["problem"] == "permission.missing"
        assert stopped["generationCancel"] == {"generation": {"state": "CANCELLED"}, "userErrors": []}
        seen = (await ask(house.acme.ana, LOOK, id=generation))["generation"]
        assert (seen["state"], seen["suggestion"]) == ("CANCELLED", None)


async def test_a_provider_that_is_down_fails_it(house: House) -> None:  # noqa: F811
    # given
    house.first.status = 503
    for size in ("small", "large"):
        await set_for(house.colophon, house.acme, f"ai.route.{size}", [OPENAI])
    await set_for(house.colophon, house.acme, "ai.degraded_answers", value=False)
    async with client_of(house.colophon) as client:
        document_id = await a_document(client, house.acme.ana, TEXT)
        # when
        body = {"query": START, "variables": {"input": rewrite(node_id("Document", document_id))}}
        answer = (await client.post("/graphql", json=body, headers=house.acme.ana.headers)).json()
        generation = answer["data"]["generationStart"]["generation"]["id"]
        await ended(client, house.acme.ana, str(uuid_of(generation)))
        # then
        look = {"query": LOOK, "variables": {"id": generation}}
        seen = (await client.post("/graphql", json=look, headers=house.acme.vera.headers)).json()["data"]["generation"]
        assert (seen["state"], seen["error"]["code"]) == ("FAILED", "ai.providers_unavailable")
