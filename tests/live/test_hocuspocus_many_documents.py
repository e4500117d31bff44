"""Hocuspocus: many documents on one socket, each of which begins, fails and ends without the others."""

from dataclasses import replace
from uuid import uuid4

from api.limits import Limits
from app.bootstrap import Colophon
from app.web import create_app
from domain.yjs import protocol
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.test_hocuspocus_limits import limited
from tests.live.test_hostile_clients import NESTED_ANY
from tests.live.yjs_client import connected
from tests.support.world import Tenant, serve


async def test_documents_of_two_tenants_on_one_socket_stay_apart(
    colophon: Colophon, server_url: str, acme: Tenant, globex: Tenant
) -> None:
    ours, theirs = await a_plain_document(colophon, acme, "A"), await a_plain_document(colophon, globex, "G")
    async with hocuspocus_socket(server_url) as socket:
        a, g = socket.document(ours), socket.document(theirs)
        await a.begun(acme.ana.api_key)
        await g.begun(globex.ana.api_key)
        a.type("cme")
        g.type("lobex")
        await a.until(lambda: a.statuses == [1, 1])
        await g.until(lambda: g.statuses == [1, 1])
    assert await stored_text(colophon, acme, ours) == "Acme"
    assert await stored_text(colophon, globex, theirs) == "Globex"


async def test_two_sessions_with_one_document_see_each_other(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket:
        one, two = socket.document(f"{document_id}\0one"), socket.document(f"{document_id}\0two")
        await one.begun(acme.ana.api_key)
        await two.begun(acme.olga.api_key)
        one.type("1")
        await two.until(lambda: str(two.text) == "1")
        two.type("2")
        await one.until(lambda: str(one.text) == "12")
        assert (one.statuses, two.statuses) == ([1, 1], [1, 1])


async def test_who_leaves_a_document_hears_no_more_of_it_and_may_come_back(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id, other_id = await a_plain_document(colophon, acme), await a_plain_document(colophon, acme)
    async with hocuspocus_socket(server_url) as socket, connected(server_url, document_id, acme.olga.api_key) as olga:
        left, other = socket.document(document_id), socket.document(other_id)
        await left.begun(acme.ana.api_key)
        await other.begun(acme.ana.api_key)
        left.announce(1, '{"cursor":1}')
        await olga.until(lambda: olga.present.get(left.doc.client_id) is not None)
        # when
        left.type("last words")
        left.leave()
        # then what came before is taken, and nobody sees the client any more
        await left.until(lambda: left.statuses == [1, 1] and left.closed == ["provider_initiated"])
        await olga.until(lambda: olga.present[left.doc.client_id] is None)
        olga.type("!")
        await olga.acknowledged()
        other.type("still here")
        await other.until(lambda: other.statuses == [1, 1])
        assert str(left.text) == "last words"
        # when
        left.leave()
        left.show(acme.ana.api_key)
        left.ask()
        # then
        await left.until(lambda: str(left.text) == "last words!")


async def test_what_is_wrong_with_one_document_ends_nothing_else(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id, other_id = await a_plain_document(colophon, acme, "A"), await a_plain_document(colophon, acme)
    hostile = (
        protocol.write_message(protocol.Update(update=NESTED_ANY)),
        b"\x06\x01x",  # BroadcastStateless, which servers tell each other
        b"\x08\x01",
        b"\x63",
        b"",
        protocol.write_message(protocol.Awareness(entries=()))[:-1],
    )
    async with hocuspocus_socket(server_url) as socket:
        other = socket.document(other_id)
        await other.begun(acme.ana.api_key)
        for number, body in enumerate(hostile):
            bad = socket.document(f"{document_id}\0{number}")
            await bad.begun(acme.olga.api_key)
            bad.send(body)
            await bad.until(lambda bad=bad: len(bad.closed) == 1)  # type: ignore[misc]
            assert bad.closed[0] not in {"", "provider_initiated"}
            assert bad.statuses == [1]
        other.type("still here")
        await other.until(lambda: other.statuses == [1, 1])
    assert await stored_text(colophon, acme, document_id) == "A"


async def test_a_connection_carries_so_many_documents_and_no_more(colophon: Colophon, acme: Tenant) -> None:
    documents = [await a_plain_document(colophon, acme) for _ in range(3)]
    few = replace(colophon.platform, limits=Limits(documents_per_connection_max=2))
    async with serve(create_app(replace(colophon, platform=few))) as url, hocuspocus_socket(url) as socket:
        first, second, third = map(socket.document, documents)
        await first.begun(acme.ana.api_key)
        await second.begun(acme.ana.api_key)
        third.show(acme.ana.api_key)
        third.ask()
        await third.until(lambda: third.denied == ["Too many documents on one connection."])
        # when there is room again
        first.leave()
        await first.until(lambda: first.closed == ["provider_initiated"])
        # then
        await third.begun(acme.ana.api_key)


async def test_who_asks_for_one_document_after_the_other_that_is_not_there_is_let_go(
    colophon: Colophon, acme: Tenant, globex: Tenant
) -> None:
    theirs = await a_plain_document(colophon, globex)
    for addresses in (("no-id", "neither"), (uuid4(), theirs)):
        async with limited(colophon, refused_tokens_max=3) as socket:
            for number in range(4):
                document = socket.document(f"{addresses[number % 2]}\0{number}")
                document.show(acme.ana.api_key)
                if number < 3:
                    await document.until(lambda document=document: len(document.denied) == 1)  # type: ignore[misc]
            assert await socket.closed() == 4404


async def test_what_was_sent_without_a_token_to_a_document_that_was_left_keeps_nobody_waiting(
    colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with limited(colophon, receive_queue_bytes_max=10_000) as socket:
        ana = socket.document(document_id)
        await ana.begun(acme.ana.api_key)
        # when
        for number in range(5):
            left = socket.document(f"{document_id}\0{number}")
            left.send(b"\1" + b"x" * 4_000)
            left.leave()
        # then
        ana.type("A")
        await ana.until(lambda: ana.statuses == [1, 1])
    assert await stored_text(colophon, acme, document_id) == "A"
