"""Hocuspocus: what a socket may do before it shows a token, how much it may say, and how long it may say nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from pycrdt import Doc, Text

from api.limits import Limits
from app.bootstrap import Colophon
from app.web import create_app
from domain.yjs import hocuspocus, protocol, writer
from tests.live.hocuspocus_client import PATIENCE_SECONDS, HocuspocusClient, hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.test_hocuspocus_acknowledgements import typed
from tests.support.world import Tenant, serve

TOO_FAST = 4529
SILENT = 4408
RESET = 4205


@asynccontextmanager
async def limited(colophon: Colophon, **limits: float) -> AsyncIterator[HocuspocusClient]:
    """A socket to a process with other limits."""
    platform = replace(colophon.platform, limits=replace(Limits(), **limits))  # type: ignore[arg-type]
    async with serve(create_app(replace(colophon, platform=platform))) as url, hocuspocus_socket(url) as socket:
        yield socket


async def test_so_many_messages_wait_for_a_token_and_no_more(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, unauthenticated_messages_max=10) as socket:
        for number in range(11):
            socket.document(f"{document_id}\0{number}").ask()
        assert await socket.closed() == RESET


async def test_so_many_bytes_wait_for_a_token_and_no_more(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, unauthenticated_bytes_max=10_000) as socket:
        document = socket.document(document_id)
        document.update(typed("x" * 9_000))
        document.update(typed("x" * 9_000))
        assert await socket.closed() == RESET


async def test_who_shows_no_token_is_let_go_whatever_it_sends(colophon: Colophon) -> None:
    async with limited(colophon, silent_seconds_max=0.5) as socket:
        socket.send(hocuspocus.PING)
        await socket.until(lambda: socket.single_bytes == [hocuspocus.PONG])
        assert await socket.closed() == SILENT


async def test_who_tries_one_token_after_the_other_is_let_go(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, refused_tokens_max=3) as socket:
        document = socket.document(document_id)
        for number in range(4):
            document.show(f"colk_{number}")
            if number < 3:
                await document.until(lambda number=number: len(document.denied) == number + 1)  # type: ignore[misc]
        assert await socket.closed() == 4401


async def test_who_leaves_and_comes_back_faster_than_sessions_end_is_let_go(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, documents_per_connection_max=5) as socket:
        document = socket.document(document_id)
        most = 0
        before = asyncio.all_tasks()
        for _ in range(300):
            document.show("colk_bad")
            document.leave()

        async def count() -> None:
            nonlocal most
            while True:
                most = max(most, len(asyncio.all_tasks() - before))
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        assert await socket.closed() == TOO_FAST
        counting.cancel()
    # Sessions on their way out, what serves the socket, and no more.
    assert most < 40


async def test_who_comes_back_is_kept_waiting_by_one_session_only(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon) as socket:
        document = socket.document(document_id)
        for number in range(20):
            document.show(acme.ana.api_key)
            document.update(typed(f"{number} "))
            document.leave()
        await document.until(lambda: len(document.closed) == 20)
        assert document.statuses == [1] * 20
    text = await stored_text(colophon, acme, document_id)
    assert sorted(text.split(), key=int) == [str(number) for number in range(20)]


async def test_who_says_nothing_for_long_is_let_go(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, silent_seconds_max=0.5) as socket:
        await socket.document(document_id).begun(acme.ana.api_key)
        assert await socket.closed() == SILENT


async def test_only_clients_that_know_a_ping_are_sent_one(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        limited(colophon, keep_alive_seconds_max=0.05) as old,
        limited(colophon, keep_alive_seconds_max=0.05) as new,
    ):
        for socket, version in ((old, ()), (new, ("4.8.0",))):
            document = socket.document(document_id)
            document.show(acme.ana.api_key, *version)
            await document.until(lambda document=document: document.scopes == ["read-write"])  # type: ignore[misc]
        # Presence of nobody is what clients before version 4 are kept by.
        await old.until(lambda: old.document(document_id).presences > 2)
        await new.until(lambda: len(new.single_bytes) > 2)
        assert old.single_bytes == []
        assert set(new.single_bytes) == {hocuspocus.PING}
        # A pong is no message of any document.
        new.send(hocuspocus.PONG)
        new.document(document_id).ask()
        await new.until(lambda: new.document(document_id).statuses == [1])


async def test_so_much_may_come_before_what_it_builds_on_and_no_more(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    text = doc.get("content", type=Text)
    async with limited(colophon, early_bytes_max=1_000) as socket:
        document = socket.document(document_id)
        document.show(acme.ana.api_key)
        await document.until(lambda: document.scopes == ["read-write"])
        text += "missing"
        for _ in range(3):
            known = doc.get_state()
            text += "x" * 450
            document.update(doc.get_update(known))
        assert await socket.closed() == 4510
        assert document.statuses == []


async def test_a_frame_over_the_limit_ends_the_connection(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        document = socket.document(document_id)
        await document.begun(acme.ana.api_key)
        document.update(typed("x" * 3_000_000))
        assert await socket.closed() == 1009


async def test_a_frame_without_an_address_ends_the_connection(server_url: str) -> None:
    for frame in (b"", b"\x05ab", b"\xff" * 9, writer.string("x" * 2_000)):
        async with hocuspocus_socket(server_url) as socket:
            socket.send(frame)
            assert await socket.closed() == 4400


async def test_stateless_messages_are_taken_and_bounded(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana, olga = socket.document(f"{document_id}\0a"), socket.document(f"{document_id}\0o")
        await ana.begun(acme.ana.api_key)
        await olga.begun(acme.olga.api_key)
        # when
        ana.send(b"\5" + writer.string("hello"))
        ana.type("A")
        # then nobody hears of it
        await olga.until(lambda: str(olga.text) == "A")
        # when
        ana.send(b"\5" + writer.string("x" * 70_000))
        # then
        await ana.until(lambda: len(ana.closed) == 1)
        assert olga.closed == []
    assert await stored_text(colophon, acme, document_id) == "A"


async def test_who_asks_who_is_there_is_told(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        ana, olga = socket.document(f"{document_id}\0a"), socket.document(f"{document_id}\0o")
        await ana.begun(acme.ana.api_key)
        ana.announce(1, '{"cursor":1}')
        await ana.until(lambda: ana.doc.client_id in ana.present)
        await olga.begun(acme.olga.api_key)
        await olga.until(lambda: ana.doc.client_id in olga.present)
        olga.present.clear()
        olga.send(protocol.write_message(protocol.QueryAwareness()))
        await olga.until(lambda: ana.doc.client_id in olga.present)


async def test_statuses_wait_for_the_answer_that_a_client_takes_the_first_of_them_for(
    colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, held_status_seconds_max=60.0) as socket:
        # given a client that sends what it queued without a line before it answers
        ana = socket.document(document_id)
        ana.answers_questions = False
        ana.show(acme.ana.api_key)
        ana.ask()
        await ana.until(lambda: len(ana.questions) == 1)
        queued = typed("queued")
        # when
        ana.update(queued)
        # then
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await stored_text(colophon, acme, document_id) != "queued":
                pass
        assert ana.statuses == []
        # and when
        ana.answer(queued)
        # then
        await ana.until(lambda: ana.statuses == [1, 1])


async def test_who_never_answers_has_its_statuses_a_little_later(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, held_status_seconds_max=0.05) as socket:
        ana = socket.document(document_id)
        ana.answers_questions = False
        ana.show(acme.ana.api_key)
        ana.ask()
        ana.update(typed("1"))
        await ana.until(lambda: ana.statuses == [1])


async def test_large_answers_wait_for_each_other_and_close_nobody(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, "x" * 100_000)
    async with limited(colophon, send_queue_bytes_max=150_000) as socket:
        documents = [socket.document(f"{document_id}\0{number}") for number in range(8)]
        for document in documents:
            document.show(acme.ana.api_key, "4.8.0")
            document.ask()
            document.ask()
        await socket.until(lambda: all(document.answers == 2 for document in documents))
