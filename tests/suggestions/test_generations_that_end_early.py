"""A generation that is stopped costs no more; one whose process stops is written by another, and paid once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from app.web import create_app
from projections import ai_ledger
from tests.gateway.test_calling_a_model import set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House, a_house
from tests.suggestions.test_suggestions_of_people import a_document
from tests.suggestions.test_text_written_by_a_model import TEXT, asked, ended
from tests.support.databases import temporary_database
from tests.support.waiting import until
from tests.support.world import Person

SECONDS_MAX = 60.0


@asynccontextmanager
async def client_of(colophon: Colophon) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(create_app(colophon), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


async def ledger(colophon: Colophon, who: Person) -> list[Any]:
    async with colophon.platform.reads.as_app(who.context) as connection:
        return list(await connection.execute(ai_ledger.ai_calls.select()))


async def begun(house: House, client: AsyncClient) -> str:
    """A generation that hosted model is asked for, and that has got its first words."""
    await set_for(house.colophon, house.acme, "ai.route.small", [OPENAI])
    document_id = await a_document(client, house.acme.ana, TEXT)
    answer = await asked(client, house.acme.ana, document_id)
    generation_id = str(answer.json()["id"])

    async def received() -> int:
        return len(house.first.received)

    await until(received)
    return generation_id


async def test_one_that_is_stopped_hangs_up_and_pays_for_what_there_is(house: House) -> None:
    house.first.pauses_after = 1
    async with client_of(house.colophon) as client:
        generation_id = await begun(house, client)
        stopped = await client.delete(f"/api/v1/generations/{generation_id}", headers=house.acme.ana.headers)
        assert stopped.status_code == 200, stopped.text
        async with asyncio.timeout(SECONDS_MAX):
            await house.first.left.wait()
        rows = await until(lambda: ledger(house.colophon, house.acme.ana))
        assert [row.finish_reason for row in rows] == ["cancelled"]
        generation = await ended(client, house.acme.ana, generation_id)
        assert (generation["state"], generation["suggestion_id"]) == ("cancelled", None)
        listed = f"/api/v1/documents/{generation['document_id']}/suggestions"
        assert (await client.get(listed, headers=house.acme.ana.headers)).json()["items"] == []


@pytest.mark.parametrize("wish", [{"kind": "rewrite"}, {"kind": "summarise", "target": None}])
async def test_one_whose_text_no_body_takes_fails_and_is_paid(house: House, wish: dict[str, object]) -> None:
    house.first.pieces = ["[" * 5_000]
    await set_for(house.colophon, house.acme, "ai.route.small", [OPENAI])
    await set_for(house.colophon, house.acme, "ai.route.large", [OPENAI])
    async with client_of(house.colophon) as client:
        document_id = await a_document(client, house.acme.ana, TEXT)
        answer = await asked(client, house.acme.ana, document_id, **wish)
        generation = await ended(client, house.acme.ana, str(answer.json()["id"]))
        assert (generation["state"], generation["suggestion_id"]) == ("failed", None)
        assert generation["error"]["code"] == "document.content_refused"
        assert len(await ledger(house.colophon, house.acme.ana)) == 1


async def test_one_whose_process_stops_stays_wanted(admin_url: str, migrated_template: str) -> None:
    # In a database of its own: whoever came next would take its work up.
    async with temporary_database(admin_url, template=migrated_template) as url, a_house(url) as house:
        await stays_wanted(house)


async def stays_wanted(house: House) -> None:
    house.first.pauses_after = 1
    async with client_of(house.colophon) as client:
        generation_id = await begun(house, client)
        await house.colophon._coauthor.let_go()
        async with asyncio.timeout(SECONDS_MAX):
            await house.first.left.wait()
        path = f"/api/v1/generations/{generation_id}"
        seen = (await client.get(path, headers=house.acme.ana.headers)).json()
    assert seen["state"] in {"queued", "streaming"}
    assert await ledger(house.colophon, house.acme.ana) == []
