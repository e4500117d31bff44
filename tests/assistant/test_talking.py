"""A member talks to the assistant about what the tenant's documents say."""

from uuid import UUID

from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.conversation.conversation_stream import load_conversation
from domain.ai.events import AiCallSettled
from domain.ids import ConversationId, StreamId
from tests.assistant.talking import ask, begin, read, write
from tests.support.world import Tenant

MUSHROOMS = "The Heliotrope project delivers on the ninth of May. Its budget is nine thousand florins."


async def test_an_answer_cites_the_document_word_for_word(client: AsyncClient, acme: Tenant) -> None:
    document = await write(client, acme.ana, "Heliotrope", MUSHROOMS)
    conversation = await begin(client, acme.ana)

    answer = await ask(client, acme.ana, conversation, "When does the Heliotrope project deliver?")

    assert answer["role"] == "assistant"
    assert "delivers on the ninth of May. [S1]" in answer["text"]
    source = answer["sources"][0]
    assert (source["document_id"], source["title"], source["number"]) == (document, "Heliotrope", 1)
    then = await client.get(
        f"/api/v1/documents/{document}/content",
        params={"format": "text", "at": source["position"]},
        headers=acme.ana.headers,
    )
    assert then.text[source["start"] : source["end"]] == source["text"] in MUSHROOMS
    assert answer["generation"]["model"] == "local/extractive"
    listed = (await client.get("/api/v1/conversations", headers=acme.ana.headers)).json()["items"]
    assert [(c["id"], c["title"]) for c in listed] == [(conversation, "When does the Heliotrope project deliver?")]


async def test_the_ledger_s_fact_is_one_with_the_answer(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    conversation = await begin(client, acme.ana)
    answer = await ask(client, acme.ana, conversation, "Anything?")
    settled = await colophon.platform.log.load(StreamId(UUID(answer["turn_id"])), acme.ana.context)
    (fact,) = [r.event for r in settled]
    assert isinstance(fact, AiCallSettled)
    assert str(fact.conversation_id) == conversation
    loaded = await load_conversation(colophon.platform.log, ConversationId(UUID(conversation)), acme.ana.context)
    assert settled[0].position == loaded.position + 1, "one append"


async def test_a_question_that_leans_on_the_one_before_is_looked_up_with_it(client: AsyncClient, acme: Tenant) -> None:
    await write(client, acme.ana, "Heliotrope", MUSHROOMS)
    conversation = await begin(client, acme.ana)
    await ask(client, acme.ana, conversation, "When does the Heliotrope project deliver?")
    answer = await ask(client, acme.ana, conversation, "And what is its budget?")
    assert "nine thousand florins" in answer["text"]


async def test_the_assistant_for_a_document_speaks_of_that_document_alone(client: AsyncClient, acme: Tenant) -> None:
    spring = await write(client, acme.ana, "Spring", "The parcel arrives on Tuesday in spring.")
    await write(client, acme.ana, "Autumn", "The parcel arrives on Friday in autumn.")
    conversation = await begin(client, acme.ana, assistant="document", document_id=spring)
    answer = await ask(client, acme.ana, conversation, "When does the parcel arrive?")
    assert "Tuesday" in answer["text"]
    assert "Friday" not in answer["text"]
    assert (await read(client, acme.ana, conversation))["document_id"] == spring
