"""Splitting, joining and moving paragraphs, as y-prosemirror does it, leaves the text to those who wrote it."""

from typing import Any

from httpx import AsyncClient
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.bootstrap import Colophon
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown
from tests.history.pasts import done, edit, markdown
from tests.live.yjs_client import YjsClient, connected
from tests.provenance.histories import a_document, accept_from_ai, browser_cookie, provenance, told
from tests.support.world import Tenant

TEXT = "Hello brave new world"


def blocks(doc: Doc[Any]) -> Any:
    root: Any = doc.get("default", type=XmlFragment)
    return root.children


def shown(doc: Doc[Any]) -> list[str]:
    return ["".join(run for text in block.children for run, _ in text.diff()) for block in blocks(doc)]


def split(client: YjsClient, at: int, offset: int) -> None:
    """The rest of the line is taken out and put in again below, with its marks."""
    with client.doc.transaction():
        text = blocks(client.doc)[at].children[0]
        runs, cut = [], offset
        for run, marks in text.diff():
            runs += [(run[cut:], marks)] if cut < len(run) else []
            cut = max(0, cut - len(run))
        del text[offset : len(str("".join(run for run, _ in text.diff())))]
        blocks(client.doc).insert(at + 1, XmlElement("paragraph"))
        below = XmlText()
        blocks(client.doc)[at + 1].children.append(below)
        for run, marks in runs:
            below.insert(len("".join(run for run, _ in below.diff())), run, marks or {})


def join(client: YjsClient, at: int) -> None:
    with client.doc.transaction():
        text, moved = blocks(client.doc)[at].children[0], shown(client.doc)[at + 1]
        del blocks(client.doc)[at + 1]
        text.insert(len(shown(client.doc)[at]), moved)


async def lines(client: AsyncClient, acme: Tenant, document_id: Any) -> list[str]:
    written = await markdown(client, acme.ana, str(document_id))
    return written.removesuffix("\n").replace("&#32;", " ").split("\n\n")


async def spans(client: AsyncClient, acme: Tenant, document_id: Any, texts: list[str]) -> list[tuple[str, str]]:
    found = await provenance(client, acme.ana, document_id)
    assert sum(span["end"] - span["start"] for span in found["spans"]) == found["characters"]
    assert sum(share["share"] for share in found["shares"].values()) == 1
    return told(found, texts)


async def test_who_splits_a_paragraph_of_an_ai_and_joins_it_again_has_not_written_it(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme, None, BodyKind.RICH)
    generation_id = await accept_from_ai(
        colophon, acme.olga, document_id, BodyKind.RICH, AppendMarkdown(markdown="Hello brave **new** world")
    )
    before = await provenance(client, acme.ana, document_id)
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
        await ana.until(lambda: ana.synced and shown(ana.doc) == [TEXT])
        # when
        split(ana, 0, 6)
        await ana.acknowledged()
        # then
        assert await spans(client, acme, document_id, ["Hello ", "brave new world"]) == [
            ("Hello ", "ai"),
            ("brave new world", "ai"),
        ]
        found = await provenance(client, acme.ana, document_id)
        assert [author for author in found["authors"] if author["characters"]] == before["authors"]
        assert {(span["at"], found["authors"][span["by"]]["generation_id"]) for span in found["spans"]} == {
            (before["spans"][0]["at"], str(generation_id))
        }
        # when
        join(ana, 0)
        blocks(ana.doc)[0].children[0].insert(len(TEXT), " of mine")
        await ana.acknowledged()
        # then
        assert await spans(client, acme, document_id, [f"{TEXT} of mine"]) == [(TEXT, "ai"), (" of mine", "human")]


async def test_what_somebody_types_into_text_while_another_moves_it_is_theirs_or_gone_and_all_else_is_its_authors(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, TEXT, BodyKind.RICH)
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced and shown(olga.doc) == [TEXT])
        async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
            await ana.until(lambda: ana.synced and shown(ana.doc) == [TEXT])
            # when, at once
            split(ana, 0, 6)
            blocks(olga.doc)[0].children[0].insert(11, "r")
            await ana.acknowledged()
            await olga.acknowledged()
            await ana.until(lambda: shown(ana.doc) == ["Hello r", "brave new world"])
        # then
        assert await spans(client, acme, document_id, ["Hello r", "brave new world"]) == [
            ("Hello ", "imported"),
            ("r", "api_key"),
            ("brave new world", "imported"),
        ]


async def test_who_replaces_a_paragraph_by_text_of_their_own_has_written_it(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    document_id = await a_document(colophon, acme, TEXT, BodyKind.RICH)
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
        await ana.until(lambda: ana.synced and shown(ana.doc) == [TEXT])
        with ana.doc.transaction():
            text = blocks(ana.doc)[0].children[0]
            del text[0 : len(TEXT)]
            text.insert(0, "Hello world, brave you are")
        await ana.acknowledged()
    assert await spans(client, acme, document_id, ["Hello world, brave you are"]) == [
        ("Hello world, brave you are", "human")
    ]


async def test_a_split_is_undone_and_done_again_and_takes_nobodys_text(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme, TEXT, BodyKind.RICH)
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
        await ana.until(lambda: ana.synced and shown(ana.doc) == [TEXT])
        split(ana, 0, 6)
        await ana.acknowledged()
    for what, texts in (("undo", [TEXT]), ("redo", ["Hello ", "brave new world"]), ("undo", [TEXT])):
        # when
        await done(client, acme.ana, str(document_id), what)
        # then
        assert await lines(client, acme, document_id) == texts
        assert await spans(client, acme, document_id, texts) == [(text, "imported") for text in texts]


async def test_who_undoes_their_split_takes_nothing_that_others_wrote_into_it(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme, TEXT, BodyKind.RICH)
    cookie = await browser_cookie(colophon, acme, "ana", server_url)
    async with connected(server_url, document_id, Cookie=cookie, Origin=server_url) as ana:
        await ana.until(lambda: ana.synced and shown(ana.doc) == [TEXT])
        split(ana, 0, 6)
        await ana.acknowledged()
    typed = {"type": "insert_text", "block": 1, "offset": 5, "text": "st"}
    await edit(client, acme.olga, str(document_id), typed)
    # when
    await done(client, acme.ana, str(document_id), "undo")
    # then
    assert await lines(client, acme, document_id) == [TEXT, "st"]
    assert await spans(client, acme, document_id, [TEXT, "st"]) == [(TEXT, "imported"), ("st", "api_key")]


async def test_what_a_generation_wrote_is_reverted_also_when_somebody_has_moved_it(
    colophon: Colophon, client: AsyncClient, server_url: str, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme, "First", BodyKind.RICH)
    generation_id = await accept_from_ai(
        colophon, acme.olga, document_id, BodyKind.RICH, AppendMarkdown(markdown="Hello brave new world")
    )
    async with connected(server_url, document_id, acme.adam.api_key) as adam:
        await adam.until(lambda: adam.synced and shown(adam.doc) == ["First", TEXT])
        split(adam, 1, 6)
        await adam.acknowledged()
        # when
        await done(client, acme.ana, str(document_id), "revert", {"generation_id": str(generation_id)})
    # then
    assert "brave" not in await markdown(client, acme.ana, str(document_id))
