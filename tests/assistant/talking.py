"""Conversations as the tests hold them: begin one, ask, and wait until it is answered."""

import asyncio
from collections.abc import Sequence
from typing import Any

from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.conversation.ask_assistant import AskAssistant
from commands.conversation.conversation_stream import load_conversation
from commands.conversation.start_conversation import StartConversation
from commands.conversation.undo_turn import UndoTurn
from domain.conversation.events import Assistant
from domain.ids import ConversationId
from tests.support.world import Person, Tenant

ANSWER_SECONDS_MAX = 60.0


async def write(client: AsyncClient, person: Person, title: str, markdown: str) -> str:
    """A document that can be found."""
    made = await client.post("/api/v1/documents", json={"title": title, "markdown": markdown}, headers=person.headers)
    assert made.status_code == 201, made.text
    document = made.json()
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        while True:
            found = await client.get(
                "/api/v1/search", params={"q": markdown, "mode": "lexical"}, headers=person.headers
            )
            assert found.status_code == 200, found.text
            if any(item["document_id"] == document["id"] for item in found.json()["items"]):
                return str(document["id"])
            await asyncio.sleep(0.05)


async def begin(client: AsyncClient, person: Person, **wanted: Any) -> str:
    begun = await client.post("/api/v1/conversations", json={"assistant": "chat", **wanted}, headers=person.headers)
    assert begun.status_code == 201, begun.text
    return str(begun.json()["id"])


async def read(client: AsyncClient, person: Person, conversation: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/conversations/{conversation}", headers=person.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ask(client: AsyncClient, person: Person, conversation: str, text: str) -> dict[str, Any]:
    """The assistant's message."""
    asked = await client.post(
        f"/api/v1/conversations/{conversation}/messages", json={"text": text}, headers=person.headers
    )
    assert asked.status_code == 202, asked.text
    return await answered(client, person, conversation)


async def answered(client: AsyncClient, person: Person, conversation: str) -> dict[str, Any]:
    """The newest message, once the assistant has had its turn."""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        while True:
            now = await read(client, person, conversation)
            if now["running"] is None:
                break
            await asyncio.sleep(0.05)
    newest: dict[str, Any] = now["messages"][-1]
    return newest


def texts(messages: Sequence[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


async def talked(colophon: Colophon, tenant: Tenant) -> None:
    """A conversation with a turn that was answered, paid for and taken back."""
    execute, log = colophon.platform.executor.execute, colophon.platform.log
    conversation = ConversationId(uuid7())
    await execute(StartConversation(conversation_id=conversation, assistant=Assistant.CHAT), tenant.ana.command())
    question = AskAssistant(conversation_id=conversation, turn_id=uuid7(), text="What does the text say?")
    await execute(question, tenant.ana.command())
    colophon.platform.conversations.asked()
    async with asyncio.timeout(60):
        while (await load_conversation(log, conversation, tenant.ana.context)).state.running is not None:
            await colophon.platform.growth.wait_for_growth(tenant.tenant_id, seconds_max=0.1)
    await execute(UndoTurn(conversation_id=conversation), tenant.ana.command())
