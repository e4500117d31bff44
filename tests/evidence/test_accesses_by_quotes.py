"""Comments and suggestions quote their document: whoever is shown them has read of it, and nobody else has."""

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.comments.talk import listed, thread
from tests.evidence.test_accesses import accesses
from tests.suggestions.test_suggestions_of_people import a_document, proposed
from tests.support.world import Tenant


async def test_who_is_shown_a_quote_is_an_entry_and_who_is_refused_has_read_nothing(
    client: AsyncClient, colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    quoted, proposed_for = await a_document(client, acme.ana), await a_document(client, acme.ana)
    await thread(client, acme.ana, quoted)
    await proposed(client, acme.ana, proposed_for)
    await listed(client, acme.vera, quoted)
    for path in (f"{quoted}/comments", f"{proposed_for}/suggestions"):
        url = f"/api/v1/documents/{path}"
        assert (await client.get(url, headers=acme.adam.headers)).status_code == 200
        assert (await client.get(url, headers=globex.olga.headers)).status_code == 404
    found = await accesses(colophon, client, acme.otto, "access.recorded")
    read = {(one["actor"]["id"], one["subject"]["id"]) for one in found if one["facts"]["kind"] == "read"}
    vera, adam = str(acme.vera.key_id), str(acme.adam.key_id)
    assert {(vera, quoted), (adam, quoted), (adam, proposed_for)} <= read
    assert (vera, proposed_for) not in read
    theirs = await accesses(colophon, client, globex.otto, "access.recorded")
    assert "read" not in {one["facts"]["kind"] for one in theirs}


async def test_a_comment_that_quotes_nothing_is_no_reading(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    await thread(client, acme.ana, document_id, anchor=None)
    await listed(client, acme.vera, document_id)
    assert await accesses(colophon, client, acme.otto, "access.recorded") == []
