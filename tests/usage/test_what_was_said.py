"""What was said in a call is kept for a while, masked, where a tenant wants it, and shown to whoever may read it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.ids import CallId, DocumentId
from gateway.calls import AiRequest
from infra.redis.answers import forget_answers
from tests.gateway.test_calling_a_model import TEXT, asked, called, set_for
from tests.graphql.conftest import ask, create_as_member, uuid_of  # noqa: F401  # fixtures among them
from tests.support.world import Person, Tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]

SETTING = "ai.trace_content_hours"
PERSONAL = f"{TEXT} Questions go to maria.keller@example.org."
NOTHING = (404, "ai.content_not_kept")


def path(call_id: CallId) -> str:
    return f"/api/v1/traces/{call_id}/content"


async def shown(client: AsyncClient, who: Person, call_id: CallId) -> list[dict[str, str]]:
    answer = await client.get(path(call_id), headers=who.headers)
    assert answer.status_code == 200, answer.text
    turns: list[dict[str, str]] = answer.json()["turns"]
    return turns


async def refusal(client: AsyncClient, who: Person, call_id: CallId) -> tuple[int, str]:
    answer = await client.get(path(call_id), headers=who.headers)
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def said(colophon: Colophon, acme: Tenant) -> AiRequest:
    """A call of Ana's, in a tenant that keeps an hour of them."""
    await set_for(colophon, acme, SETTING, 1)
    request = asked(variables={"selection": PERSONAL})
    await called(colophon, acme.ana, request)
    return request


async def test_nobody_gets_in_without_a_credential(client: AsyncClient, said: AiRequest) -> None:
    assert (await client.get(path(said.call_id))).status_code == 401


async def test_not_even_who_asked_sees_it_without_the_right_to_judge_findings(
    client: AsyncClient, acme: Tenant, said: AiRequest
) -> None:
    for who in (acme.ana, acme.otto):
        refused = await client.get(path(said.call_id), headers=who.headers)
        assert (refused.status_code, refused.json()["permission"]) == (403, "moderation:review")


async def test_another_tenants_words_are_not_there(client: AsyncClient, globex: Tenant, said: AiRequest) -> None:
    assert await refusal(client, globex.olga, said.call_id) == (404, "ai.call_not_found")


async def test_nothing_is_kept_unless_the_tenant_wants_it(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    request = asked()
    await called(colophon, acme.ana, request)
    assert await refusal(client, acme.olga, request.call_id) == NOTHING


async def test_what_was_told_and_answered_is_shown_without_personal_data(
    client: AsyncClient, acme: Tenant, said: AiRequest
) -> None:
    turns = await shown(client, acme.olga, said.call_id)
    assert [turn["speaker"] for turn in turns][-2:] == ["user", "assistant"]
    assert "four weeks" in turns[-2]["text"]
    assert "four weeks" in turns[-1]["text"]
    assert "[EMAIL_1]" in turns[-2]["text"]
    assert "keller" not in str(turns)


async def test_graphql_shows_the_same(client: AsyncClient, acme: Tenant, said: AiRequest, ask: Ask) -> None:  # noqa: F811
    query = "query($id: String!) { trace(callId: $id) { content { speaker text } } }"
    answer = await ask(acme.olga, query, id=str(said.call_id))
    assert answer["data"]["trace"]["content"] == await shown(client, acme.olga, said.call_id)


async def test_after_an_erasure_nothing_from_before_is_shown(
    colophon: Colophon, client: AsyncClient, acme: Tenant, said: AiRequest
) -> None:
    await forget_answers(colophon._foundation.redis, acme.tenant_id)
    assert await refusal(client, acme.olga, said.call_id) == NOTHING


async def test_whoever_may_not_read_the_document_does_not_read_what_was_said_of_it(
    colophon: Colophon,
    client: AsyncClient,
    acme: Tenant,
    create_as_member: Callable[..., Awaitable[str]],  # noqa: F811
) -> None:
    await set_for(colophon, acme, SETTING, 1)
    document_id = uuid_of(await create_as_member(acme.ana))
    request = asked(document_id=DocumentId(document_id))
    await called(colophon, acme.ana, request)
    assert await shown(client, acme.adam, request.call_id)
    # when
    await client.put(
        f"/api/v1/documents/{document_id}/sharing", json={"sharing": "restricted"}, headers=acme.ana.headers
    )
    # then
    assert await refusal(client, acme.adam, request.call_id) == NOTHING
