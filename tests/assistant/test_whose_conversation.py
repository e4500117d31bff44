"""A conversation is its member's alone: nobody else, of this tenant or another, sees any of it."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.bootstrap import Colophon
from tests.assistant.talking import ask, begin, read, write
from tests.support.world import Person, Tenant

CANARY = "zanzibar-nightjar"
SAME = "The Heliotrope project is led by"


def every_request(conversation: str) -> list[tuple[str, str, Any]]:
    base = f"/api/v1/conversations/{conversation}"
    return [
        ("GET", base, None),
        ("POST", f"{base}/messages", {"text": "Hello?"}),
        ("POST", f"{base}/stop", None),
        ("POST", f"{base}/undo", None),
        ("DELETE", base, None),
        ("GET", f"{base}/stream", None),
    ]


async def statuses(client: AsyncClient, conversation: str, headers: dict[str, str]) -> set[int]:
    answers = [
        await client.request(method, path, json=body, headers=headers)
        for method, path, body in every_request(conversation)
    ]
    return {answer.status_code for answer in answers}


async def test_nobody_without_a_credential_comes_in(client: AsyncClient, acme: Tenant) -> None:
    conversation = await begin(client, acme.ana)
    assert await statuses(client, conversation, {}) == {401}
    assert (await client.get("/api/v1/conversations")).status_code == 401
    assert (await client.post("/api/v1/conversations", json={})).status_code == 401


OTHERS: list[Callable[[Tenant, Tenant], Person]] = [
    lambda acme, _: acme.olga,
    lambda acme, _: acme.adam,
    lambda _, globex: globex.ana,
    lambda _, globex: globex.olga,
]


@pytest.mark.parametrize("other", OTHERS, ids=["the owner", "an admin", "a namesake elsewhere", "another owner"])
async def test_for_everybody_else_it_does_not_exist(
    client: AsyncClient, acme: Tenant, globex: Tenant, other: Callable[[Tenant, Tenant], Person]
) -> None:
    conversation = await begin(client, acme.ana)
    assert await statuses(client, conversation, other(acme, globex).headers) == {404}
    assert await statuses(client, str(uuid4()), acme.ana.headers) == {404}
    listed = await client.get("/api/v1/conversations", headers=other(acme, globex).headers)
    assert listed.json()["items"] == []


async def test_who_may_not_use_ai_may_not_talk(client: AsyncClient, acme: Tenant) -> None:
    answer = await client.post("/api/v1/conversations", json={}, headers=acme.vera.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.missing")
    conversation = await begin(client, acme.ana)
    assert await statuses(client, conversation, acme.vera.headers) == {403}


async def test_two_tenants_with_the_same_names_hear_nothing_of_each_other(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant, capfd: pytest.CaptureFixture[str]
) -> None:
    await write(client, acme.ana, "Heliotrope", f"{SAME} Mrs {CANARY}.")
    await write(client, globex.ana, "Heliotrope", f"{SAME} Mr Ordinary.")
    ours, theirs = await begin(client, acme.ana), await begin(client, globex.ana)
    answer = await ask(client, acme.ana, ours, "Who leads the Heliotrope project?")
    assert CANARY in answer["text"]

    other = await ask(client, globex.ana, theirs, "Who leads the Heliotrope project?")

    assert "Ordinary" in other["text"]
    assert CANARY not in json.dumps(await read(client, globex.ana, theirs))
    for table in ("conversations", "conversation_sources"):
        async with colophon.platform.reads.as_app(globex.ana.context) as connection:
            rows = (await connection.execute(text(f"SELECT * FROM read.{table}"))).all()
        assert {row.tenant_id for row in rows} == {globex.tenant_id}
    assert CANARY not in "".join(capfd.readouterr())


async def test_words_of_a_document_withdrawn_from_the_reader_are_withheld(client: AsyncClient, acme: Tenant) -> None:
    secret = await write(client, acme.olga, "Salaries", f"The salary of the {CANARY} keeper is ninety florins.")
    open_to_all = await write(client, acme.olga, "Keepers", "A keeper is paid a salary on the first of each month.")
    conversation = await begin(client, acme.ana)
    before = await ask(client, acme.ana, conversation, "What salary is a keeper paid?")
    assert {source["document_id"] for source in before["sources"]} == {secret, open_to_all}

    withdrawn = await client.put(
        f"/api/v1/documents/{secret}/sharing",
        json={"sharing": "restricted", "people": []},
        headers=acme.olga.headers,
    )
    assert withdrawn.status_code == 200, withdrawn.text
    again = await read(client, acme.ana, conversation)

    assert CANARY not in json.dumps(again)
    assert "ninety florins" not in json.dumps(again)
    answer = again["messages"][-1]
    assert answer["withheld"]
    assert "first of each month" in answer["text"], "what rests on other documents alone is still there"
    assert [s["document_id"] for s in answer["sources"] if not s["withheld"]] == [open_to_all]
    later = await ask(client, acme.ana, conversation, "And how many florins is that?")
    assert "ninety" not in later["text"]


async def test_over_graphql_it_is_the_member_s_alone_as_well(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    start = "mutation { conversationStart(input: {}) { conversation { id } userErrors { problem } } }"
    begun = await graphql(client, acme.ana, start)
    node = begun["conversationStart"]["conversation"]["id"]
    send = f"""mutation {{ messageSend(input: {{conversationId: "{node}", text: "Anything?"}}) {{
        conversation {{ messages {{ role text }} }} userErrors {{ problem }} }} }}"""
    sent = await graphql(client, acme.ana, send)
    assert sent["messageSend"]["conversation"]["messages"] == [{"role": "user", "text": "Anything?"}]
    question = f'{{ conversation(id: "{node}") {{ title }} node(id: "{node}") {{ id }} }}'
    assert await graphql(client, acme.ana, question) == {"conversation": {"title": "Anything?"}, "node": {"id": node}}
    for other in (acme.olga, globex.ana):
        assert await graphql(client, other, question) == {"conversation": None, "node": None}
        refused = await graphql(client, other, send)
        assert refused["messageSend"]["userErrors"] == [{"problem": "conversation.not_found"}]


async def graphql(client: AsyncClient, person: Person, document: str) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": document}, headers=person.headers)
    assert "errors" not in answer.json(), answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data
