"""What people say of a model's answers, by REST and GraphQL: one rating for each member and call, the newest counts."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from domain.ai.events import AiCallRated
from domain.ids import CallId, StreamId
from projections.ai_ratings import ai_ratings
from tests.gateway.test_calling_a_model import set_for
from tests.graphql.conftest import ask, node_id  # noqa: F401  # a fixture among them
from tests.suggestions.test_suggestions_of_people import a_document
from tests.suggestions.test_text_written_by_a_model import written
from tests.support.world import Person, Tenant
from tests.usage.calls import record

Ask = Callable[..., Awaitable[dict[str, Any]]]

RATE = """
mutation($input: AiCallRateInput!) {
  aiCallRate(input: $input) { receipt { position } userErrors { problem } clientMutationId }
}
"""
OWN = "query($answer: RatedAnswer!) { aiCallRating(answer: $answer) { rating comment } }"
TEXT = "The calibration takes four weeks. It is done in Bergen."


async def rated(client: AsyncClient, who: Person, call_id: object, rating: object, comment: str = "") -> Response:
    body = {"rating": rating, "comment": comment}
    return await client.post(f"/api/v1/ai-calls/{call_id}/feedback", json=body, headers=who.headers)


async def ratings(colophon: Colophon, who: Person) -> list[tuple[object, ...]]:
    columns = (ai_ratings.c.call_id, ai_ratings.c.member_id, ai_ratings.c.rating, ai_ratings.c.times)
    async with colophon.platform.reads.as_app(who.context) as connection:
        rows = await connection.execute(select(*columns).order_by(ai_ratings.c.position))
        return [tuple(row) for row in rows]


async def test_nobody_rates_without_a_key_nor_another_tenants_call(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    call = await record(colophon, acme.ana)
    path = f"/api/v1/ai-calls/{call.call_id}/feedback"
    assert (await client.post(path, json={"rating": 5})).status_code == 401
    for stranger in (globex.ana, globex.olga):
        refused = await rated(client, stranger, call.call_id, 5)
        assert (refused.status_code, refused.json()["code"]) == (404, "ai.call_not_found")
    assert await ratings(colophon, acme.ana) == await ratings(colophon, globex.ana) == []


async def test_the_newest_rating_of_a_member_counts_and_the_log_keeps_them_all(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    call = await record(colophon, acme.ana)
    for rating, comment in ((2, "Too long."), (4, "Better than I thought."), (4, "Better than I thought.")):
        assert (await rated(client, acme.ana, call.call_id, rating, comment)).status_code == 200
    await rated(client, acme.adam, call.call_id, 1)
    assert await ratings(colophon, acme.ana) == [
        (call.call_id, acme.ana.member_id, 4, 2),
        (call.call_id, acme.adam.member_id, 1, 1),
    ]
    past = await colophon.platform.log.load(StreamId(call.call_id), acme.ana.context)
    told = [recorded.event for recorded in past if isinstance(recorded.event, AiCallRated)]
    assert [(one.rating, one.comment) for one in told] == [
        (2, "Too long."),
        (4, "Better than I thought."),
        (1, ""),
    ]


async def test_who_made_a_call_rates_it_and_who_may_read_usage_but_no_colleague(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    call = await record(colophon, acme.adam)
    answers = {name: (await rated(client, getattr(acme, name), call.call_id, 3)).status_code for name in acme.people}
    # Auditors read usage and ask no model; nor do viewers.
    assert answers == {"olga": 200, "adam": 200, "ana": 404, "vera": 403, "otto": 403}


async def test_who_may_not_read_the_document_does_not_rate_what_was_asked_for_it(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    generation = await written(client, acme.ana, document_id)
    path = f"/api/v1/generations/{generation['id']}/feedback"
    assert (await client.post(path, json={"rating": 5}, headers=acme.adam.headers)).status_code == 200
    await client.put(f"/api/v1/documents/{document_id}/sharing", json={"sharing": "restricted"},
                     headers=acme.ana.headers)  # fmt: skip
    refused = await client.post(path, json={"rating": 1}, headers=acme.adam.headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "generation.not_found")
    ((call_id, *_),) = await ratings(colophon, acme.ana)
    assert (await rated(client, acme.adam, call_id, 1)).status_code == 404
    assert (await rated(client, acme.ana, call_id, 1)).status_code == 200


async def test_everybody_sees_their_own_rating_at_once_and_nobody_elses(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    generation = await written(client, acme.ana, await a_document(client, acme.ana, TEXT))
    path = f"/api/v1/generations/{generation['id']}/feedback"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=globex.ana.headers)).status_code == 404
    nothing = {"rating": None, "comment": None, "rated_at": None}
    assert (await client.get(path, headers=acme.ana.headers)).json() == nothing
    await client.post(path, json={"rating": 2, "comment": "Too long."}, headers=acme.ana.headers)
    own = (await client.get(path, headers=acme.ana.headers)).json()
    assert (own["rating"], own["comment"]) == (2, "Too long.")
    assert (await client.get(path, headers=acme.adam.headers)).json() == nothing
    ((call_id, *_),) = await ratings(colophon, acme.ana)
    of_call = f"/api/v1/ai-calls/{call_id}/feedback"
    codes = {who: (await client.get(of_call, headers=who.headers)).status_code for who in (acme.adam, globex.ana)}
    assert codes == {acme.adam: 200, globex.ana: 404}
    assert (await client.get(of_call, headers=acme.ana.headers)).json() == own
    for answer in ({"callId": str(call_id)}, {"generationId": node_id("Generation", generation["id"])}):
        told = (await ask(acme.ana, OWN, answer=answer))["data"]["aiCallRating"]
        assert (told["rating"], told["comment"]) == (2, "Too long.")
        assert (await ask(acme.adam, OWN, answer=answer))["data"]["aiCallRating"] is None
        assert (await ask(globex.ana, OWN, answer=answer))["errors"]


async def test_what_is_no_rating_is_refused(client: AsyncClient, colophon: Colophon, acme: Tenant) -> None:
    call = await record(colophon, acme.ana)
    for rating in (0, 6, -1, 2.5, "5", None, True):
        assert (await rated(client, acme.ana, call.call_id, rating)).status_code == 422, rating
    for comment in ("x" * 2_001, "red \x1b[31m"):
        assert (await rated(client, acme.ana, call.call_id, 3, comment)).status_code == 422
    assert (await rated(client, acme.ana, CallId(uuid7()), 3)).status_code == 404
    assert await ratings(colophon, acme.ana) == []


async def test_graphql_rates_alike(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    call = await record(colophon, acme.ana)
    generation = await written(client, acme.ana, await a_document(client, acme.ana, TEXT))
    for answer in ({"callId": str(call.call_id)}, {"generationId": node_id("Generation", generation["id"])}):
        wish = {"answer": answer, "rating": 5, "comment": "Right.", "clientMutationId": "c1"}
        done = (await ask(acme.ana, RATE, input=wish))["data"]["aiCallRate"]
        assert (done["userErrors"], done["clientMutationId"], done["receipt"] is None) == ([], "c1", False)
        theirs = (await ask(globex.ana, RATE, input=wish))["data"]["aiCallRate"]
        assert next(e["problem"] for e in theirs["userErrors"]).endswith("not_found")
        poor = (await ask(acme.ana, RATE, input={**wish, "rating": 6}))["data"]["aiCallRate"]
        assert [e["problem"] for e in poor["userErrors"]] == ["ai.rating_refused"]
    assert [row[2] for row in await ratings(colophon, acme.ana)] == [5, 5]
    anonymous = await client.post("/graphql", json={"query": RATE, "variables": {"input": wish}})
    assert anonymous.status_code == 401


async def test_a_generation_that_wrote_nothing_has_nothing_to_rate(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana, TEXT)
    await set_for(colophon, acme, "ai.blocklist", ["marmalade"])
    await set_for(colophon, acme, "ai.moderation_prompt", "block")
    generation = await written(client, acme.ana, document_id, instruction="Mention the marmalade.")
    assert generation["state"] == "failed"
    path = f"/api/v1/generations/{generation['id']}/feedback"
    refused = await client.post(path, json={"rating": 5}, headers=acme.ana.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "generation.refused")
