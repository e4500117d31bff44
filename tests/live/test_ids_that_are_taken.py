"""What is acknowledged is in the document as it was sent, also when somebody else was first to use its ids."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pycrdt import Doc, Text, XmlElement, XmlFragment, XmlText

from app.bootstrap import Colophon
from domain.yjs import protocol
from domain.yjs.sameness import contradicts
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant

ANAS = 4_711


def written(*texts: str, under: int = ANAS) -> Sequence[bytes]:
    """The updates of somebody who writes one text after the other."""
    doc: Doc[Any] = Doc(client_id=under)
    text, updates = doc.get("content", type=Text), []
    for more in texts:
        before = doc.get_state()
        text += more
        updates.append(doc.get_update(before))
    return updates


def frame(update: bytes) -> bytes:
    return protocol.write_message(protocol.Update(update=update))


@pytest.mark.parametrize("own", ["precious", "precious" + 20 * "!"], ids=["all ids known", "some ids known"])
async def test_text_whose_ids_hold_other_text_is_refused(
    colophon: Colophon, server_url: str, acme: Tenant, own: str
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as ana,
    ):
        await olga.until(lambda: olga.synced)
        await ana.until(lambda: ana.synced)
        # given
        (first,) = written(20 * "x")
        olga.send(frame(first))
        await olga.until(lambda: first in olga.received)
        # when
        (update,) = written(own)
        ana.send(frame(update))
        # then
        assert await ana.closed() == 4422
        assert update not in ana.received
    assert await stored_text(colophon, acme, document_id) == 20 * "x"


async def test_a_client_that_counts_is_not_told_that_such_text_is_saved(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        hocuspocus_socket(server_url) as socket,
    ):
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        (first,) = written(20 * "x")
        olga.send(frame(first))
        await olga.until(lambda: first in olga.received)
        ana.update(*written("precious"))
        await ana.until(lambda: ana.closed == ["Other content has these ids; use another client id."])
        assert ana.statuses == [1]


async def test_of_two_texts_that_come_at_once_under_one_id_only_the_stored_one_is_acknowledged(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as ana,
    ):
        await olga.until(lambda: olga.synced)
        await ana.until(lambda: ana.synced)
        # when
        ana.send(frame(*written("precious")))
        olga.send(frame(*written("nonsense")))
        # then
        closing = {asyncio.create_task(ana.closed()): "nonsense", asyncio.create_task(olga.closed()): "precious"}
        (refused,), (other,) = await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
        other.cancel()
        assert refused.result() == 4422
    assert await stored_text(colophon, acme, document_id) == closing[refused]


async def test_a_client_that_says_all_again_is_acknowledged(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc(client_id=ANAS)
    text = doc.get("content", type=Text)
    text += "formatted, deleted 😀 and kept"
    text.format(0, 9, {"bold": True})
    del text[9:18]
    text.insert_embed(0, {"image": "a.png"})
    for _ in range(2):
        async with connected(server_url, document_id, acme.ana.api_key) as ana:
            await ana.until(lambda: ana.synced)
            ana.send(frame(doc.get_update()))
            await ana.until(lambda: doc.get_update() in ana.received)


def rich() -> Doc[Any]:
    doc: Doc[Any] = Doc(client_id=ANAS)
    root = doc.get("default", type=XmlFragment)
    root.children.append(XmlElement("paragraph", {"textAlign": "left"}, [XmlText("one 😀")]))
    root.children.append(XmlElement("heading", {"level": "2"}, [XmlText("two")]))
    return doc


def test_what_says_the_same_or_less_contradicts_nothing() -> None:
    doc = rich()
    before = doc.get_update()
    assert not contradicts([before], before)
    del doc.get("default", type=XmlFragment).children[0]
    # What was deleted tells nothing, on either side.
    assert not contradicts([before], doc.get_update())
    assert not contradicts([doc.get_update()], before)
    # A text in parts is the same text.
    assert not contradicts(written("one ", "text"), *written("one text"))
    assert not contradicts(written("one text"), *written("one"))


def test_another_text_or_another_kind_contradicts() -> None:
    (stored,) = written("one text")
    assert contradicts(written("one test"), stored)
    assert contradicts(written("one ", "test"), stored)
    assert contradicts([rich().get_update()], stored)
    assert contradicts(written("😁"), *written("😀"))
    assert not contradicts(written("one test", under=1), stored)
