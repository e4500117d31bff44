"""Content comes into a document in five formats, in place of what it holds or after it."""

import io
import json
from uuid import UUID

import pytest
from docx import Document
from httpx import AsyncClient, Response

from api.rest.content_import import DOCX_MEDIA_TYPE
from domain.ids import DocumentId
from tests.api.test_content import content
from tests.api.test_documents import created_id, is_problem
from tests.provenance.histories import provenance
from tests.support.world import Person, Tenant

PARAGRAPH = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "New"}]}]}


def a_docx(*paragraphs: str) -> bytes:
    written, document = io.BytesIO(), Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(written)
    return written.getvalue()


SOURCES = [
    ("text/markdown", b"New"),
    ("text/html; charset=utf-8", b"<p>New</p>"),
    ("application/json", json.dumps(PARAGRAPH).encode()),
    ("text/plain", b"New"),
    (DOCX_MEDIA_TYPE, a_docx("New")),
]


async def put(
    client: AsyncClient, person: Person, document_id: str, body: bytes, media_type: str = "text/markdown", **more: str
) -> Response:
    headers = {**person.headers, "Content-Type": media_type, **more}
    return await client.put(f"/api/v1/documents/{document_id}/content", content=body, headers=headers)


async def post(
    client: AsyncClient, person: Person, document_id: str, body: bytes, media_type: str = "text/markdown", **more: str
) -> Response:
    headers = {**person.headers, "Content-Type": media_type, **more}
    return await client.post(f"/api/v1/documents/{document_id}/content", content=body, headers=headers)


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_nobody_writes_into_what_is_not_theirs(
    client: AsyncClient, acme: Tenant, globex: Tenant, method: str
) -> None:
    document_id = await created_id(client, acme.ana, markdown="Mine")
    send = put if method == "PUT" else post

    foreign = await send(client, globex.olga, document_id, b"Theirs")
    reader = await send(client, acme.vera, document_id, b"Theirs")
    nobody = await client.request(method, f"/api/v1/documents/{document_id}/content", content=b"x")

    assert is_problem(foreign, "document.not_found", 404)
    assert is_problem(reader, "permission.missing", 403)
    assert nobody.status_code == 401
    assert await content(client, acme.ana, document_id) == "Mine\n"


@pytest.mark.parametrize(("media_type", "body"), SOURCES)
async def test_each_format_replaces_and_is_appended(
    client: AsyncClient, acme: Tenant, media_type: str, body: bytes
) -> None:
    document_id = await created_id(client, acme.ana, markdown="Old")

    replaced = await put(client, acme.ana, document_id, body, media_type)
    after_it = await content(client, acme.ana, document_id)
    appended = await post(client, acme.ana, document_id, body, media_type)

    assert (replaced.status_code, appended.status_code) == (200, 200), replaced.text
    assert after_it == "New\n"
    assert await content(client, acme.ana, document_id) == "New\n\nNew\n"


@pytest.mark.parametrize(("media_type", "body"), SOURCES)
async def test_a_plain_body_takes_each_format_as_its_markdown(
    client: AsyncClient, acme: Tenant, media_type: str, body: bytes
) -> None:
    document_id = await created_id(client, acme.ana, body="plain", text="Old")

    await put(client, acme.ana, document_id, body, media_type)

    assert (await content(client, acme.ana, document_id, format="text")).rstrip("\n") == "New"


async def test_what_stays_keeps_its_authors_word_by_word(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id = await created_id(client, acme.ana, markdown="# Kept\n\nA long line of words.\n\nGone")
    typed = {"operations": [{"type": "insert_text", "block": 1, "offset": 7, "text": "typed "}]}
    await client.post(f"/api/v1/documents/{document_id}/edits", json=typed, headers=acme.ana.headers)
    # when
    await put(client, acme.olga, document_id, b"# Kept\n\nA **long** typed line of other words.")
    # then
    found = await provenance(client, acme.ana, DocumentId(UUID(document_id)))
    blocks = ["Kept", "A long typed line of other words."]
    authors = [(author["origin"], author["author"]["id"]) for author in found["authors"]]
    ana, olga = str(acme.ana.key_id), str(acme.olga.key_id)
    assert [(blocks[s["block"]][s["start"] : s["end"]], *authors[s["by"]]) for s in found["spans"]] == [
        ("Kept", "imported", ana),
        ("A long ", "imported", ana),
        ("typed ", "api_key", ana),
        ("line of ", "imported", ana),
        ("other ", "imported", olga),
        ("words.", "imported", ana),
    ]
    assert "**long** typed" in await content(client, acme.ana, document_id)


async def test_with_if_match_only_the_content_that_was_seen_is_replaced(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id = await created_id(client, acme.ana, markdown="Old")
    url = f"/api/v1/documents/{document_id}/content"
    seen = (await client.get(url, headers=acme.ana.headers)).headers["etag"]
    # when
    first = await put(client, acme.ana, document_id, b"First", **{"If-Match": seen})
    second = await put(client, acme.ana, document_id, b"Second", **{"If-Match": seen})
    third = await post(client, acme.ana, document_id, b"Third", **{"If-Match": first.headers["etag"]})
    # then
    assert (first.status_code, third.status_code) == (200, 200)
    assert is_problem(second, "stream.version_conflict", 409)
    assert f'"{second.json()["current_version"]}"' == first.headers["etag"]
    assert third.headers["etag"] == (await client.get(url, headers=acme.ana.headers)).headers["etag"]
    assert await content(client, acme.ana, document_id) == "First\n\nThird\n"


async def test_edits_insist_on_the_content_that_was_seen(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="Old")
    url = f"/api/v1/documents/{document_id}"
    seen = (await client.get(f"{url}/content", headers=acme.ana.headers)).headers["etag"]
    edits = {"operations": [{"type": "append_markdown", "markdown": "New"}]}
    headers = {**acme.ana.headers, "If-Match": seen}

    first = await client.post(f"{url}/edits", json=edits, headers=headers)
    second = await client.post(f"{url}/edits", json=edits, headers=headers)

    assert first.status_code == 200
    assert is_problem(second, "stream.version_conflict", 409)
    assert second.json()["current_version"] == first.json()["receipt"]["position"]


async def test_the_same_content_again_changes_nothing(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="# Same\n\n- a\n- b")
    etag = (await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.ana.headers)).headers["etag"]

    again = await put(client, acme.olga, document_id, b"# Same\n\n- a\n- b", **{"If-Match": etag})

    assert (again.status_code, again.headers["etag"]) == (200, etag)


async def test_an_archived_document_takes_no_content(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="Old")
    await client.delete(f"/api/v1/documents/{document_id}", headers=acme.olga.headers)

    assert is_problem(await put(client, acme.ana, document_id, b"New"), "document.archived", 409)


@pytest.mark.parametrize("media_type", ["image/png", "", "text/markdown; charset=latin1", "application/xml"])
async def test_another_media_type_is_refused(client: AsyncClient, acme: Tenant, media_type: str) -> None:
    document_id = await created_id(client, acme.ana, markdown="Old")

    refused = await put(client, acme.ana, document_id, b"New", media_type)

    assert is_problem(refused, "http.unsupported_media_type", 415)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/markdown", b"\xff\xfe"),
        ("application/json", b"[]"),
        ("application/json", b"{"),
        ("application/json", b"[" * 100_000),
        ("text/html", b"<div>" * 20_000),
        ("text/plain", b"x" * 2_000_001),
        (DOCX_MEDIA_TYPE, b"no zip"),
    ],
)
async def test_content_that_is_none_is_refused_and_changes_nothing(
    client: AsyncClient, acme: Tenant, media_type: str, body: bytes
) -> None:
    document_id = await created_id(client, acme.ana, markdown="Old")

    refused = await put(client, acme.ana, document_id, body, media_type)

    assert is_problem(refused, "document.content_refused", 422)
    assert await content(client, acme.ana, document_id) == "Old\n"


async def test_html_that_comes_in_cannot_run_anything(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana)
    hostile = b"<p onclick=x()>Text<script>alert(1)</script> <a href='javascript:alert(1)'>link</a></p>"

    await put(client, acme.ana, document_id, hostile, "text/html")

    assert await content(client, acme.ana, document_id, format="html") == "<p>Text link</p>"


async def test_a_word_document_goes_out_and_comes_back(client: AsyncClient, acme: Tenant) -> None:
    # given
    markdown = "# Title\n\nA **bold** word.\n\n1. one\n\n   - two\n\n| a | b |\n| --- | --- |\n| c | d |\n"
    document_id = await created_id(client, acme.ana, markdown=markdown, title='Q3 "plan"/ü\\..')
    # when
    response = await client.get(f"/api/v1/documents/{document_id}/content?format=docx", headers=acme.vera.headers)
    copy_id = await created_id(client, acme.ana)
    await put(client, acme.ana, copy_id, response.content, DOCX_MEDIA_TYPE)
    # then
    assert response.headers["content-type"] == DOCX_MEDIA_TYPE
    assert response.headers["content-disposition"] == (
        "attachment; filename=\"Q3 _plan__.docx\"; filename*=UTF-8''Q3%20_plan_%C3%BC.docx"
    )
    assert Document(io.BytesIO(response.content)).core_properties.title == 'Q3 "plan"/ü\\..'
    assert await content(client, acme.ana, copy_id) == markdown


async def test_a_word_document_of_another_tenant_is_not_found(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await created_id(client, acme.ana, markdown="Secret")

    foreign = await client.get(f"/api/v1/documents/{document_id}/content?format=docx", headers=globex.ana.headers)

    assert is_problem(foreign, "document.not_found", 404)
