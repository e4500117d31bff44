"""Presence shows the member behind the credential: nobody poses as somebody else, and who comes back is one."""

import json
from contextlib import AsyncExitStack
from typing import Any

from app.bootstrap import Colophon
from domain.ids import DocumentId
from domain.yjs import protocol
from domain.yjs.awareness import AwarenessEntry
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import YjsClient, connected
from tests.support.waiting import until
from tests.support.world import Tenant

POSING = {
    "user": {"id": "ceo", "name": "The CEO", "color": "#226699", "colorLight": "#2266", "avatar": "ceo.png"},
    "name": "The CEO",
    "email": "ceo@acme.example",
    "cursor": {"anchor": 1},
}


def seen(client: YjsClient, number: int) -> dict[str, Any]:
    state = client.present.get(number)
    said: dict[str, Any] = json.loads(state) if state else {}
    return said


def announced(number: int, clock: int, state: str | None) -> bytes:
    return protocol.write_message(
        protocol.Awareness(entries=(AwarenessEntry(client=number, clock=clock, state=state),))
    )


async def clients_of(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> int:
    room = await colophon.rooms._rooms[tenant.tenant_id, document_id]
    return len(room.clients)


async def test_whoever_a_client_says_it_is_others_see_its_member(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as ana,
        hocuspocus_socket(server_url) as socket,
    ):
        adam = socket.document(document_id)
        await adam.begun(acme.adam.api_key)
        # when
        ana.announce(1, json.dumps(POSING))
        adam.announce(1, json.dumps(POSING))
        # then
        looks = {"color": "#226699", "colorLight": "#2266"}
        for client, person in ((ana.doc.client_id, acme.ana), (adam.doc.client_id, acme.adam)):
            await olga.until(lambda client=client: client in olga.present)  # type: ignore[misc]
            user = {"id": str(person.member_id), "name": person.name, **looks}
            assert seen(olga, client) == {"user": user, "cursor": {"anchor": 1}}


async def test_a_client_that_says_nothing_of_itself_is_shown_by_name(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as ana,
    ):
        user = {"id": str(acme.ana.member_id), "name": "Ana"}
        strange = ("{}", '{"user":"The CEO"}', '{"user":null}', '{"user":{"color":{"a":1}}}', '{"user":{},"user":[]}')
        for clock, state in enumerate(strange):
            ana.announce(clock + 1, state)
            await olga.until(lambda clock=clock: len(olga.heard) > clock)  # type: ignore[misc]
            assert seen(olga, ana.doc.client_id) == {"user": user}
        # when it is half of a character
        ana.announce(9, '{"note":"\\ud800"}')
        await olga.until(lambda: "note" in seen(olga, ana.doc.client_id))
        # when no client could read it
        ana.announce(10, '{"note":1e999}')
        assert await ana.closed() == 4400


async def test_a_client_of_somebody_else_is_nobodys_to_move_or_remove(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as ana,
        connected(server_url, document_id, acme.adam.api_key) as adam,
    ):
        ana.announce(1, '{"cursor":1}')
        await adam.until(lambda: ana.doc.client_id in adam.present)
        # when
        adam.send(announced(ana.doc.client_id, 7, json.dumps({"user": {"id": str(acme.ana.member_id)}, "cursor": 7})))
        adam.send(announced(ana.doc.client_id, 8, None))
        adam.announce(1, '{"cursor":2}')
        # then
        await olga.until(lambda: adam.doc.client_id in olga.present)
        assert seen(olga, ana.doc.client_id)["cursor"] == 1


async def test_a_member_who_comes_back_before_its_line_is_missed_stays_visible(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as lost,
    ):
        lost.announce(1, '{"cursor":1}')
        await olga.until(lambda: lost.doc.client_id in olga.present)
        # when she comes back by another line, first with what she said last
        async with connected(server_url, document_id, acme.ana.api_key, doc=lost.doc) as back:
            back.announce(1, '{"cursor":1}')
            await back.until(lambda: len(back.heard) > 1)
            # and the lost one is missed at last
            await lost.socket.close()
            await until(lambda: clients_of(colophon, acme, document_id), lambda clients: clients == 2)
            back.announce(2, '{"cursor":2}')
            # then nobody has seen her go
            await olga.until(lambda: seen(olga, lost.doc.client_id).get("cursor") == 2)
            assert all(state is not None for _, state in olga.heard)
        await olga.until(lambda: olga.present[lost.doc.client_id] is None)


async def test_that_somebody_left_is_heard_once_however_many_say_it_again(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with AsyncExitStack() as stack:
        others = []
        for person in (acme.olga, acme.adam, acme.vera, acme.ana, acme.olga):
            other = await stack.enter_async_context(connected(server_url, document_id, person.api_key, relays=True))
            other.announce(1, '{"cursor":1}')
            others.append(other)
        async with connected(server_url, document_id, acme.ana.api_key, relays=True) as ana:
            ana.announce(1, '{"cursor":1}')
            everybody = {client.doc.client_id for client in (ana, *others)}
            for client in (ana, *others):
                await client.until(lambda client=client: client.present.keys() >= everybody)  # type: ignore[misc]
        for other in others:
            await other.until(lambda other=other: other.present[ana.doc.client_id] is None)  # type: ignore[misc]
        # when all have said it again, and something after it
        for other in others:
            other.announce(2, '{"cursor":2}')
        for other in others:
            for moved in others:
                number = moved.doc.client_id
                await other.until(lambda o=other, n=number: seen(o, n).get("cursor") == 2)  # type: ignore[misc]
        # then
        assert [other.heard.count((ana.doc.client_id, None)) for other in others] == [1] * len(others)


async def test_two_tabs_of_a_member_come_and_go_each_by_itself(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.olga.api_key) as olga,
        connected(server_url, document_id, acme.ana.api_key) as first,
    ):
        first.announce(1, '{"tab":1}')
        await olga.until(lambda: first.doc.client_id in olga.present)
        # when the second says again what it hears of the first, and closes
        async with connected(server_url, document_id, acme.ana.api_key, relays=True) as second:
            second.announce(1, '{"tab":2}')
            await second.until(lambda: first.doc.client_id in second.present)
            first.announce(2, '{"tab":1,"moved":true}')
            await second.until(lambda: "moved" in seen(second, first.doc.client_id))
            second.announce(2, '{"tab":2,"last":true}')
            await olga.until(lambda: "last" in seen(olga, second.doc.client_id))
        await olga.until(lambda: olga.present[second.doc.client_id] is None)
        # then
        assert seen(olga, first.doc.client_id)["tab"] == 1
        # when the first says goodbye
        first.announce(3, None)
        # then
        await olga.until(lambda: olga.present[first.doc.client_id] is None)
