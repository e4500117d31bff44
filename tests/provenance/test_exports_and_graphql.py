"""Who wrote a document goes along with its exports, and is told by GraphQL in the same words."""

import io
import json
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from docx import Document
from httpx import AsyncClient

from api.graphql.ids import global_id
from app.bootstrap import Colophon
from commands.document.edit_document import EditDocument
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown, InsertText
from domain.ids import DocumentId, GenerationId
from tests.provenance.histories import a_document, accept_from_ai
from tests.support.world import Tenant

QUERY = """query($id: ID!, $after: Cursor) { document(id: $id) { provenance {
  characters humanShare aiShare importedShare unknownShare unreviewedAiShare
  spans(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    nodes { block from to origin relayed generationId at author { __typename ... on Member { displayName } }
            acceptedBy { ... on Member { displayName } } } } } } }"""


async def written_by_all(colophon: Colophon, tenant: Tenant) -> tuple[DocumentId, GenerationId]:
    """# From a file / The *model* <wrote> it. — with a word by Ana in it."""
    document_id = await a_document(colophon, tenant, "# From a file", BodyKind.RICH)
    markdown = AppendMarkdown(markdown="The *model* \\<wrote\\> it.")
    generation_id = await accept_from_ai(colophon, tenant.olga, document_id, BodyKind.RICH, markdown)
    typed = EditDocument(document_id=document_id, operations=(InsertText(block=1, offset=4, text="big "),))
    await colophon.platform.executor.execute(typed, tenant.ana.command())
    return document_id, generation_id


async def exported(client: AsyncClient, tenant: Tenant, document_id: DocumentId, format_: str) -> str:
    response = await client.get(
        f"/api/v1/documents/{document_id}/content",
        params={"format": format_, "provenance": "true"},
        headers=tenant.vera.headers,
    )
    assert response.status_code == 200, response.text
    return response.text


async def test_markdown_begins_with_front_matter(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    document_id, generation_id = await written_by_all(colophon, acme)
    text = await exported(client, acme, document_id, "markdown")
    opening, front_matter, content = text.split("---\n", 2)
    lines = dict(line.strip().split(": ", 1) for line in front_matter.splitlines()[1:])
    told = {key: json.loads(value) for key, value in lines.items()}
    assert (opening, content.strip()) == ("", "# From a file\n\nThe big *model* \\<wrote> it.")
    assert told["shares"] == {
        "human": 0.1111,
        "ai": 0.5833,
        "imported": 0.3056,
        "api_key": 0.0,
        "system": 0.0,
        "unknown": 0.0,
    }
    assert told["generations"] == [str(generation_id)]
    assert [(a["origin"], a["author"]["name"], a["characters"]) for a in told["authors"]] == [
        ("ai", None, 21),
        ("imported", "Ana", 11),
        ("human", "Ana", 4),
    ]


async def test_html_says_of_every_text_whose_it_is(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    document_id, generation_id = await written_by_all(colophon, acme)
    html = await exported(client, acme, document_id, "html")
    meta, _, body = html.partition('">')
    told = json.loads(unescape(meta.removeprefix('<meta name="colophon-provenance" content="')))
    assert told["unreviewed_ai"] == 0
    assert f'<span data-origin="human" data-author="member:{acme.ana.member_id}">big </span>' in body
    assert '<h1><span data-origin="imported"' in body
    assert f'data-generation="{generation_id}" data-accepted-by="member:{acme.olga.member_id}"' in body
    assert "<em>model</em></span>" in body
    assert "&lt;wrote&gt; it.</span></p>" in body


async def test_json_has_a_member_of_its_own(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await written_by_all(colophon, acme)
    found = json.loads(await exported(client, acme, document_id, "json"))
    assert (found["type"], len(found["content"])) == ("doc", 2)
    assert sum(span["end"] - span["start"] for span in found["provenance"]["spans"]) == 36
    assert found["provenance"]["shares"]["ai"] == 0.5833


async def test_a_word_document_carries_authors_and_shares(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    # given
    document_id, generation_id = await written_by_all(colophon, acme)
    url = f"/api/v1/documents/{document_id}/content?format=docx"
    # when
    told = await client.get(f"{url}&provenance=true", headers=acme.vera.headers)
    untold = await client.get(url, headers=acme.vera.headers)
    # then
    with ZipFile(io.BytesIO(told.content)) as package:
        part = ET.fromstring(package.read("customXml/colophon.xml"))
    found = json.loads(part.text or "")
    assert part.tag == "{urn:colophon:provenance:1}provenance"
    assert (found["shares"]["human"], found["shares"]["ai"]) == (0.1111, 0.5833)
    assert found["generations"] == [str(generation_id)]
    assert found["authors"][0]["accepted_by"]["name"] == "Olga"
    assert Document(io.BytesIO(told.content)).core_properties.author == "ai; Ana"
    assert Document(io.BytesIO(untold.content)).core_properties.author == ""
    with ZipFile(io.BytesIO(untold.content)) as package:
        assert all(str(acme.ana.member_id).encode() not in package.read(name) for name in package.namelist())


async def test_an_export_of_the_past_tells_of_the_authors_then(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, "# From a file", BodyKind.RICH)
    before = (await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.vera.headers)).headers["etag"]
    markdown = AppendMarkdown(markdown="By a model.")
    await accept_from_ai(colophon, acme.olga, document_id, BodyKind.RICH, markdown)

    response = await client.get(
        f"/api/v1/documents/{document_id}/content",
        params={"format": "json", "provenance": "true", "at": before.strip('"')},
        headers=acme.vera.headers,
    )

    shares = response.json()["provenance"]["shares"]
    assert (shares["imported"], shares["ai"]) == (1.0, 0.0)


async def test_plain_text_has_no_place_for_it(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(colophon, acme, "text")
    response = await client.get(
        f"/api/v1/documents/{document_id}/content?format=text&provenance=true", headers=acme.ana.headers
    )
    assert (response.status_code, response.json()["code"]) == (422, "document.no_place_for_provenance")


@pytest.mark.parametrize("format_", ["markdown", "html", "json", "docx"])
async def test_nothing_of_it_leaves_the_tenant(
    colophon: Colophon, client: AsyncClient, acme: Tenant, globex: Tenant, format_: str
) -> None:
    document_id, _ = await written_by_all(colophon, acme)
    response = await client.get(
        f"/api/v1/documents/{document_id}/content",
        params={"format": format_, "provenance": "true"},
        headers=globex.ana.headers,
    )
    assert response.status_code == 404
    assert str(acme.ana.member_id) not in response.text


async def test_without_being_asked_exports_say_nothing_of_authors(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id, _ = await written_by_all(colophon, acme)
    for format_ in ("markdown", "html", "json"):
        plain = await client.get(f"/api/v1/documents/{document_id}/content?format={format_}", headers=acme.ana.headers)
        assert "provenance" not in plain.text
        assert str(acme.ana.member_id) not in plain.text


async def test_graphql_tells_shares_and_pages_through_spans(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    # given
    document_id, generation_id = await written_by_all(colophon, acme)
    # when
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        found = await asked(client, acme, document_id, after)
        nodes += found["spans"]["nodes"]
        after = found["spans"]["pageInfo"]["endCursor"]
        if not found["spans"]["pageInfo"]["hasNextPage"]:
            break
    # then
    assert (found["humanShare"], found["aiShare"], found["unreviewedAiShare"]) == ("0.1111", "0.5833", "0.0000")
    assert [(n["block"], n["from"], n["to"], n["origin"]) for n in nodes] == [
        (0, 0, 11, "IMPORTED"),
        (1, 0, 4, "AI"),
        (1, 4, 8, "HUMAN"),
        (1, 8, 25, "AI"),
    ]
    assert nodes[1]["generationId"] == str(generation_id)
    assert (nodes[1]["author"]["__typename"], nodes[1]["acceptedBy"]) == ("SystemActor", {"displayName": "Olga"})
    assert nodes[2]["author"] == {"__typename": "Member", "displayName": "Ana"}


async def asked(client: AsyncClient, tenant: Tenant, document_id: DocumentId, after: str | None) -> dict[str, Any]:
    variables = {"id": global_id("Document", document_id), "after": after}
    response = await client.post("/graphql", json={"query": QUERY, "variables": variables}, headers=tenant.vera.headers)
    answer = response.json()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["document"]["provenance"]
    return found
