"""A model marks what it took from a source; the marks are the suggestion's business and no text of the document."""

import pytest
from httpx import AsyncClient

from domain.citation import without_marks
from tests.suggestions.test_suggestions_of_people import a_document, content, decided
from tests.suggestions.test_text_written_by_a_model import TEXT, written
from tests.support.world import Tenant


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It takes four weeks [S1].", "It takes four weeks."),
        ("It takes four weeks. [S1] [S2]\nMore[S2].", "It takes four weeks.\nMore."),
        ("What it made up [S9] goes.", "What it made up goes."),
        ("What stood there [S7] stays.", "What stood there [S7] stays."),
        ("[S1]", ""),
        ("[s1] [S] [S12345] [1]", "[s1] [S] [S12345] [1]"),
    ],
)
def test_marks_go_and_words_stay(text: str, plain: str) -> None:
    assert without_marks(text, sources=2, former="As it was [S7] before [S1].") == plain


async def test_an_accepted_text_holds_no_marks_and_its_suggestion_the_sources(
    client: AsyncClient, acme: Tenant
) -> None:
    # given a draft that rests on another document
    source_id = await a_document(client, acme.ana, "The zephyrquill calibration costs 9,000 EUR.")
    read = await client.get(f"/api/v1/documents/{source_id}/content", headers=acme.ana.headers)
    position = read.headers["X-Colophon-Position"]
    await client.get(f"/api/v1/search?q=zephyrquill&at_least={position}", headers=acme.ana.headers)
    document_id = await a_document(client, acme.ana, TEXT)
    wish = {"kind": "draft", "instruction": "zephyrquill calibration costs", "target": None}
    generation = await written(client, acme.ana, document_id, **wish)
    assert "[S1]" in generation["text"]
    # when it is accepted
    path = f"/api/v1/documents/{document_id}/suggestions"
    (suggestion,) = (await client.get(path, headers=acme.ana.headers)).json()["items"]
    assert (await decided(client, acme.ana, suggestion["id"], h0=True)).status_code == 200
    # then
    assert "9,000 EUR" in await content(client, acme.ana, document_id)
    assert "[S" not in await content(client, acme.ana, document_id)
    assert suggestion["generation"]["sources"][0]["number"] == 1
