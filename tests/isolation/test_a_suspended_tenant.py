"""Nothing works for a suspended tenant and nothing is begun for it; nobody else notices; resumed, it goes on."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.foundation import context_signer
from app.operator import Operator
from commands.conversation.ask_assistant import AskAssistant
from commands.conversation.conversation_stream import load_conversation
from commands.conversation.start_conversation import StartConversation
from commands.generation.generation_stream import load_generation
from commands.generation.request_generation import RequestGeneration
from domain.conversation.events import Assistant
from domain.generation.events import GenerationKind, GenerationMode
from domain.generation.state import GenerationState
from domain.ids import ConversationId, DocumentId, GenerationId, TenantId
from infra.postgres.engines import open_databases
from infra.postgres.role_logins import RoleLogins
from infra.postgres.waiting_generations import PostgresWaitingGenerations
from infra.postgres.waiting_turns import PostgresWaitingTurns
from tests.gateway.test_calling_a_model import ledger_micros
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.members.people import browser_of, joined, sign_in
from tests.support.waiting import until
from tests.support.world import MASTER_KEY, Tenant

MANY = 1_000
QUESTION = {"model": "auto", "messages": [{"role": "user", "content": "How long does the calibration take?"}]}


@dataclass(frozen=True, slots=True)
class Furnished:
    """A tenant with somebody who is signed in, and a document with a token to edit it."""

    tenant: Tenant
    document_id: DocumentId
    browser: dict[str, str]
    collab_token: str

    @property
    def credentials(self) -> Sequence[dict[str, str]]:
        return (self.tenant.olga.headers, self.browser)


async def furnished(colophon: Colophon, client: AsyncClient, tenant: Tenant) -> Furnished:
    document_id = await a_plain_document(colophon, tenant, "The calibration takes four weeks.")
    email = f"nina@{tenant.slug}.example"
    await joined(client, tenant, email, "admin")
    browser = browser_of(await sign_in(client, tenant, email))
    client.cookies.clear()
    token = await client.post(f"/api/v1/documents/{document_id}/collab-token", headers=tenant.ana.headers)
    return Furnished(tenant, document_id, browser, token.json()["token"])


@pytest.fixture
async def ours(colophon: Colophon, client: AsyncClient, acme: Tenant) -> AsyncIterator[Furnished]:
    yield await furnished(colophon, client, acme)
    # What was left waiting is nobody's any more.
    await Operator(colophon).resume(acme.tenant_id)


async def answers(client: AsyncClient, app: FastAPI, headers: Mapping[str, str]) -> dict[str, int]:
    """What each page without parameters, GraphQL and the OpenAI endpoints answer to these credentials."""
    found = {}
    for path, operations in app.openapi()["paths"].items():
        if "get" in operations and path.startswith(("/api/", "/v1/")) and "{" not in path:
            found[path] = (await client.get(path, headers=headers)).status_code
    graphql = await client.post("/graphql", json={"query": "{ viewer { displayName } }"}, headers=headers)
    found["/graphql"] = 200 if (graphql.json().get("data") or {}).get("viewer") else 401
    found["/v1/chat/completions"] = (
        await client.post("/v1/chat/completions", json=QUESTION, headers=headers)
    ).status_code
    return found


async def test_no_credential_of_it_opens_anything(
    colophon: Colophon, client: AsyncClient, web_app: FastAPI, ours: Furnished, globex: Tenant
) -> None:
    # given what works, and what works for anybody
    everybodys = {path for path, status in (await answers(client, web_app, {})).items() if status < 400}
    before = [await answers(client, web_app, headers) for headers in ours.credentials]
    worked = [{path for path, status in seen.items() if status < 400} - everybodys for seen in before]
    assert {"/api/v1/documents", "/graphql", "/v1/models"} <= worked[0] & worked[1]
    assert "/v1/chat/completions" in worked[0]
    theirs = await answers(client, web_app, globex.olga.headers)
    # when
    await Operator(colophon).suspend(ours.tenant.tenant_id, reason="Unpaid")
    # then
    for headers, paths in zip(ours.credentials, worked, strict=True):
        seen = await answers(client, web_app, headers)
        assert {seen[path] for path in paths} == {401}
    assert await answers(client, web_app, globex.olga.headers) == theirs
    # and when it is resumed
    await Operator(colophon).resume(ours.tenant.tenant_id)
    assert [await answers(client, web_app, headers) for headers in ours.credentials] == before


async def test_its_open_sockets_close_and_its_tokens_open_none(
    colophon: Colophon, server_url: str, ours: Furnished, globex: Tenant
) -> None:
    other_id = await a_plain_document(colophon, globex, "Ours")
    async with (
        connected(server_url, other_id, globex.ana.api_key) as mallory,
        connected(server_url, ours.document_id, ours.tenant.ana.api_key) as ana,
        connected(server_url, ours.document_id, ours.collab_token) as nina,
    ):
        for client in (ana, nina, mallory):
            await client.until(lambda client=client: client.synced)  # type: ignore[misc]
        # when
        await Operator(colophon).suspend(ours.tenant.tenant_id, reason="Unpaid")
        # then
        assert [await ana.closed(), await nina.closed()] == [4401, 4401]
        for secret in (ours.collab_token, ours.tenant.ana.api_key):
            async with connected(server_url, ours.document_id, secret) as late:
                assert await late.closed() == 4401
        mallory.type(" still")
        await mallory.acknowledged()
    # and when it is resumed
    await Operator(colophon).resume(ours.tenant.tenant_id)
    async with connected(server_url, ours.document_id, ours.collab_token) as nina:
        await nina.until(lambda: nina.synced)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A turn and a generation that somebody of a tenant waits for."""

    colophon: Colophon
    tenant: Tenant
    conversation_id: ConversationId
    generation_id: GenerationId

    async def is_done(self) -> bool:
        log, context = self.colophon.platform.log, self.tenant.ana.context
        turn = await load_conversation(log, self.conversation_id, context)
        generation = await load_generation(log, self.generation_id, context)
        return turn.state.running is None and generation.state.state is not GenerationState.QUEUED


async def wanted(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> Wanted:
    """Asked for by commands: a request that was let in a moment before may come so late."""
    execute = colophon.platform.executor.execute
    asked = Wanted(colophon, tenant, ConversationId(uuid7()), GenerationId(uuid7()))
    begun = StartConversation(conversation_id=asked.conversation_id, assistant=Assistant.CHAT)
    question = AskAssistant(conversation_id=asked.conversation_id, turn_id=uuid7(), text="How long does it take?")
    generation = RequestGeneration(
        generation_id=asked.generation_id,
        document_id=document_id,
        kind=GenerationKind.SUMMARISE,
        mode=GenerationMode.SUGGEST,
        instruction="",
    )
    for command in (begun, question, generation):
        await execute(command, tenant.ana.command())
    colophon.platform.conversations.asked()
    return asked


async def waiting(database_url: str) -> set[TenantId]:
    """Whose work would be begun."""
    databases = open_databases(RoleLogins(database_url, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    turns = await PostgresWaitingTurns(databases).first(MANY)
    generations = await PostgresWaitingGenerations(databases).first(MANY)
    await databases.close()
    return {turn.tenant_id for turn in turns} | {generation.tenant_id for generation in generations}


async def test_its_work_waits_until_it_is_resumed(
    colophon: Colophon, migrated_database: str, ours: Furnished, globex: Tenant
) -> None:
    await Operator(colophon).suspend(ours.tenant.tenant_id, reason="Unpaid")
    # when
    our_work = await wanted(colophon, ours.tenant, ours.document_id)
    their_work = await wanted(colophon, globex, await a_plain_document(colophon, globex, "It takes two days."))
    await until(their_work.is_done)
    # then
    assert not await our_work.is_done()
    assert ours.tenant.tenant_id not in await waiting(migrated_database)
    assert await ledger_micros(colophon, ours.tenant.ana) == 0
    # and when it is resumed
    await Operator(colophon).resume(ours.tenant.tenant_id)
    await until(our_work.is_done)
    assert await ledger_micros(colophon, ours.tenant.ana) > 0
