"""Whatever a client sends ends its own connection and nobody else's."""

import asyncio
from typing import Any

import pytest
from pycrdt import Doc, Text, XmlElement, XmlFragment, XmlText
from uuid_utils.compat import uuid7

from api.limits import Limits
from app.bootstrap import Colophon, build
from app.web import create_app
from commands.document.create_document import CreateDocument
from domain.document.body import BodyKind, ContentFormat
from domain.ids import DocumentId
from domain.yjs import protocol
from tests.domain.yjs_bytes import ELEMENT, client, in_item, in_root, update
from tests.live.test_editing_together import a_plain_document, stored_text, versions
from tests.live.yjs_client import PATIENCE_SECONDS, connected
from tests.support.world import Tenant, installation, serve


def update_frame(update: bytes) -> bytes:
    return protocol.write_message(protocol.Update(update=update))


def typed(text: str) -> bytes:
    doc: Doc[Any] = Doc()
    doc.get("content", type=Text).insert(0, text)
    return doc.get_update()


NESTED_ANY = bytes([1, 1, 1, 0, 8, 1, 1, 97, 1]) + b"\x75\x01" * 26_000 + b"\x7e" + bytes([0])
PLAIN_LETTER = bytes([4, 1, 7]) + b"content" + b"\1x"
CLAIMS_2_TO_31 = bytes([1, 1, 1, 0, 1, 1, 7]) + b"content" + b"\x80\x80\x80\x80\x08" + bytes([0])

HOSTILE = {
    "nothing": b"",
    "an unknown message": b"\x63",
    "noise": bytes(range(256)),
    "a truncated update": update_frame(typed("hello"))[:-3],
    "an update cut inside": update_frame(typed("hello")[:-3]),
    "nested values that crash the CRDT library": update_frame(NESTED_ANY),
    "a struct that claims 2^31 units": update_frame(CLAIMS_2_TO_31),
    "a message that only servers send": protocol.write_message(protocol.PermissionDenied(reason="x")),
    "an awareness bomb": b"\x01\xff\xff\xff\xff\x0f",
}


@pytest.mark.parametrize("frame", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_frame_ends_its_own_connection_only(
    colophon: Colophon, server_url: str, acme: Tenant, frame: bytes
) -> None:
    document_id = await a_plain_document(colophon, acme, "A")
    before = await versions(colophon, acme, document_id)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        async with connected(server_url, document_id, acme.olga.api_key) as mallory:
            await mallory.until(lambda: mallory.synced)
            mallory.send(frame)
            assert 4400 <= await mallory.closed() < 4500
        ana.type("B")
        await ana.acknowledged()
    assert await stored_text(colophon, acme, document_id) == "AB"
    assert await versions(colophon, acme, document_id) == before + 1


async def test_a_frame_over_the_limit_ends_its_own_connection_only(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as mallory:
        await mallory.until(lambda: mallory.synced)
        mallory.send(update_frame(typed("x" * 3_000_000)))
        assert await mallory.closed() == 4413
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        assert str(ana.text) == ""


async def test_text_frames_are_refused(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as client:
        await client.socket.send("hello")
        assert await client.closed() == 4400


async def test_an_update_that_builds_on_a_missing_one_is_asked_to_sync_again(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    text = doc.get("content", type=Text)
    text += "first "
    known = doc.get_state()
    text += "second"
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.send(update_frame(doc.get_update(known)))
        assert await ana.closed() == 4510
    assert await stored_text(colophon, acme, document_id) == ""


async def a_rich_document(colophon: Colophon, tenant: Tenant) -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Notes", markdown="Text")
    await colophon.platform.executor.execute(command, tenant.ana.command())
    return document_id


async def test_many_small_updates_cannot_nest_a_document_too_deep(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_rich_document(colophon, acme)
    async with connected(server_url, document_id, acme.olga.api_key) as mallory:
        await mallory.until(lambda: mallory.synced)
        mallory.send(update_frame(update(client(7, 0, in_root(7, ELEMENT)))))
        for clock in range(200):
            mallory.send(update_frame(update(client(7, clock + 1, in_item(7, (7, clock), ELEMENT)))))
        assert await mallory.closed() == 4400
        assert mallory.close_reason == "The document would be nested too deep."
    body = await colophon.platform.body_states.load(document_id, acme.ana.context)
    assert colophon.platform.bodies.render(BodyKind.RICH, body.state, ContentFormat.TEXT).startswith("Text")


# Well formed, but the parent of the second item is a letter of the first.
POISON = update_frame(update(client(7, 0, in_root(4, b"\1a"), in_item(4, (7, 0), b"\1b"))))


def followers() -> set[asyncio.Task[Any]]:
    return {task for task in asyncio.all_tasks() if task.get_name() == "room-follower"}


async def test_a_room_that_is_lost_does_not_go_on_reading_the_log(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    others = followers()
    async with connected(server_url, document_id, acme.olga.api_key) as mallory:
        await mallory.until(lambda: mallory.synced)
        (follower,) = followers() - others
        mallory.send(POISON)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.wait([follower])
        assert await mallory.closed() == 4400


async def test_an_update_that_the_crdt_library_refuses_costs_nobody_the_document(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "A")
    for _ in range(2):
        async with connected(server_url, document_id, acme.olga.api_key) as mallory:
            await mallory.until(lambda: mallory.synced)
            mallory.send(POISON)
            assert await mallory.closed() == 4400
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("B")
        await ana.acknowledged()
    assert await stored_text(colophon, acme, document_id) == "AB"


async def test_a_plain_body_holds_no_other_types(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.olga.api_key) as mallory:
        await mallory.until(lambda: mallory.synced)
        mallory.send(update_frame(update(client(7, 0, in_root(7, ELEMENT)))))
        assert await mallory.closed() == 4400


async def test_deleting_what_nobody_wrote_yet_is_asked_to_sync_again(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.send(update_frame(update(delete_set=bytes([1, 9, 1, 0, 5]))))
        assert await ana.closed() == 4510


async def test_a_document_does_not_grow_beyond_its_limit(
    migrated_database: str, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    small = build(installation(migrated_database, limits=Limits(document_state_bytes_max=5_000)))
    await small.start(work=False)
    async with serve(create_app(small)) as url, connected(url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.type("x" * 4_000)
        await ana.acknowledged()
        del ana.text[0:4_000]
        await ana.acknowledged()
        # What was deleted no longer counts.
        ana.type("y" * 3_000)
        await ana.acknowledged()
        ana.type("z" * 3_000)
        assert await ana.closed() == 4413
    await small.stop()
    assert await stored_text(colophon, acme, document_id) == "y" * 3_000


async def test_an_honest_burst_of_blocks_is_no_attack(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_rich_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        body = ana.doc.get("default", type=XmlFragment)
        for number in range(300):
            body.children.append(XmlElement("paragraph", {}, [XmlText(f"Line {number}")]))
        await ana.acknowledged()
    stored = await colophon.platform.body_states.load(document_id, acme.ana.context)
    text = colophon.platform.bodies.render(BodyKind.RICH, stored.state, ContentFormat.TEXT)
    assert [line for line in text.splitlines() if line] == ["Text", *(f"Line {number}" for number in range(300))]
