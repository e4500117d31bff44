"""Where no WebSocket gets through: the same sessions, over plain requests."""

import asyncio
import secrets
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient, Response
from pycrdt import Doc, Text

from api.limits import Limits
from app.bootstrap import Colophon
from app.web import create_app
from domain.ids import DocumentId
from domain.yjs import protocol, writer
from tests.live.http_client import QUESTION, asked_in_every_way, connected_by_http, line_of, live
from tests.live.nodes import running_nodes
from tests.live.test_clients_that_do_not_read import connections
from tests.live.test_editing_together import a_plain_document, stored_text, versions
from tests.live.yjs_client import connected
from tests.support.waiting import until
from tests.support.world import Tenant, serve


@pytest.mark.parametrize("streams", [True, False])
async def test_what_one_types_by_websocket_the_other_sees_without_and_back(
    colophon: Colophon, server_url: str, acme: Tenant, *, streams: bool
) -> None:
    document_id = await a_plain_document(colophon, acme, "Agenda: ")
    async with (
        connected_by_http(server_url, document_id, acme.ana.headers, streams=streams) as ana,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        await asyncio.gather(ana.until(lambda: ana.synced), olga.until(lambda: olga.synced))
        ana.type("budget")
        await olga.until(lambda: str(olga.text) == "Agenda: budget")
        olga.type(", hiring")
        await ana.until(lambda: str(ana.text) == "Agenda: budget, hiring")
        ana.announce(1, '{"user":{"name":"Ana"}}')
        olga.announce(1, '{"user":{"name":"Olga"}}')
        await olga.until(lambda: olga.present.get(ana.doc.client_id) is not None)
        await ana.until(lambda: ana.present.get(olga.doc.client_id) is not None)
    async with connected(server_url, document_id, acme.olga.api_key) as olga:
        await olga.until(lambda: olga.synced)
        assert ana.doc.client_id not in olga.present


async def test_an_answer_means_that_the_edits_are_in_the_log(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    send = await a_sender(client, document_id, acme)
    first, second, _ = edits_of("one ", "two")
    answer = await send(first, second)
    assert (answer.status_code, answer.json()) == (200, {"waiting": 0})
    assert await stored_text(colophon, acme, document_id) == "one two"
    # Sent again, because the answer was lost: nothing is written twice.
    before = await versions(colophon, acme, document_id)
    assert (await send(first, second)).json() == {"waiting": 0}
    assert await versions(colophon, acme, document_id) == before


async def test_an_edit_that_leans_on_a_missing_one_is_not_called_durable(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    send = await a_sender(client, document_id, acme)
    _, second, whole = edits_of("first ", "second")
    early = await send(second)
    assert (early.status_code, early.json()) == (202, {"waiting": 1})
    assert await stored_text(colophon, acme, document_id) == ""
    late = await send(whole)
    assert (late.status_code, late.json()) == (200, {"waiting": 0})
    assert await stored_text(colophon, acme, document_id) == "first second"


async def a_sender(client: AsyncClient, document_id: DocumentId, tenant: Tenant) -> Callable[..., Awaitable[Response]]:
    """Sends messages of Ana in a session of hers."""
    opened = await client.post(live(document_id), headers=tenant.ana.headers)
    messages = live(document_id, f"/{opened.json()['session']}/messages")

    async def send(*sent: protocol.Message) -> Response:
        body = b"".join(writer.sized(protocol.write_message(message)) for message in sent)
        return await client.post(messages, content=body, headers=tenant.ana.headers)

    return send


def edits_of(*texts: str) -> tuple[protocol.Message, ...]:
    """The updates of somebody who typed the texts, and then all of it as an answer."""
    doc: Doc[Any] = Doc()
    content = doc.get("content", type=Text)
    updates: list[bytes] = []
    subscription = doc.observe(lambda event: updates.append(event.update))
    for text in texts:
        content += text
    doc.unobserve(subscription)
    return *(protocol.Update(update=update) for update in updates), protocol.SyncStep2(update=doc.get_update())


async def test_a_session_that_nobody_listens_to_ends_and_leaves_nobody_present(
    colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    with_limits = replace(colophon.platform, limits=Limits(unheard_seconds_max=0.2))
    async with serve(create_app(replace(colophon, platform=with_limits))) as url, AsyncClient(base_url=url) as http:
        before = connections()
        opened = await http.post(live(document_id), headers=acme.ana.headers)
        assert connections() != before
        await until(_connections, lambda now: now == before)
        messages = live(document_id, f"/{opened.json()['session']}/messages")
        ended = await http.get(messages, headers=acme.ana.headers)
        assert (ended.status_code, ended.json()["code"]) == (410, "live.reset")


async def _connections() -> float | None:
    return connections()


async def test_what_is_sent_to_a_reader_that_does_not_acknowledge_is_bounded(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, secrets.token_urlsafe(40_000))
    with_limits = replace(colophon.platform, limits=Limits(send_queue_bytes_max=200_000))
    async with (
        serve(create_app(replace(colophon, platform=with_limits))) as url,
        AsyncClient(base_url=url, headers=acme.vera.headers) as http,
    ):
        opened = await http.post(live(document_id))
        messages = live(document_id, f"/{opened.json()['session']}/messages")
        answers = [await http.post(messages, content=QUESTION) for _ in range(6)]
        assert [answer.status_code for answer in answers[:4]] == [200] * 4
        assert answers[-1].json()["close_code"] == 1013
        # One that acknowledges goes on for as long as it likes.
        opened = await http.post(live(document_id))
        messages, through = live(document_id, f"/{opened.json()['session']}/messages"), 0
        for _ in range(6):
            assert (await http.post(messages, content=QUESTION)).status_code == 200
            batch = await http.get(messages, params={"after": through})
            through = batch.json()["messages"][-1]["number"]


async def test_messages_are_given_again_until_they_are_acknowledged(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme, "text")
    opened = await client.post(live(document_id), headers=acme.ana.headers)
    messages = live(document_id, f"/{opened.json()['session']}/messages")
    await client.post(messages, content=QUESTION, headers=acme.ana.headers)
    first, again = [(await client.get(messages, headers=acme.ana.headers)).json()["messages"] for _ in range(2)]
    assert first == again
    after = {"after": first[-1]["number"], "wait": 0}
    assert (await client.get(messages, params=after, headers=acme.ana.headers)).json() == {"messages": []}
    gone = await client.get(messages, headers=acme.ana.headers)
    assert (gone.status_code, gone.json()["code"]) == (410, "live.out_of_order")


@pytest.mark.parametrize("body", [b"\x05abc", writer.sized(b"\x09nonsense"), b"\xff" * 20, b"\x00"])
async def test_bytes_that_are_no_messages_end_the_session(
    colophon: Colophon, client: AsyncClient, acme: Tenant, body: bytes
) -> None:
    document_id = await a_plain_document(colophon, acme)
    opened = await client.post(live(document_id), headers=acme.ana.headers)
    messages = live(document_id, f"/{opened.json()['session']}/messages")
    for sent in (body, QUESTION):
        answer = await client.post(messages, content=sent, headers=acme.ana.headers)
        assert (answer.status_code, answer.json()["close_code"]) == (422, 4400)


async def test_messages_of_a_request_are_counted_before_they_are_cut(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    session = (await client.post(live(document_id), headers=acme.vera.headers)).json()["session"]
    # when there is garbage after more empty messages than a request may have
    sent = bytes(Limits().receive_queue_frames_max + 1) + b"\x05"
    answer = await client.post(live(document_id, f"/{session}/messages"), headers=acme.vera.headers, content=sent)
    # then nobody has looked so far
    assert answer.json()["detail"] == "The request has too many messages."


async def test_after_a_kill_a_client_finds_no_session_elsewhere_and_brings_what_it_typed(
    colophon: Colophon, migrated_database: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    doc: Doc[Any] = Doc()
    async with running_nodes(migrated_database, None, 2) as nodes:
        first, second = nodes.running
        async with connected_by_http(first.url, document_id, acme.ana.headers, doc=doc) as ana:
            await ana.until(lambda: ana.synced)
            ana.type("here ")
            await ana.acknowledged()
            async with AsyncClient(base_url=second.url, headers=acme.ana.headers) as elsewhere:
                answers = await asked_in_every_way(elsewhere, document_id, line_of(ana).address.rpartition("/")[2])
                assert {answer.json()["code"] for answer in answers} == {"live_session.not_found"}
            await nodes.end(first, signal.SIGKILL)
        assert await stored_text(colophon, acme, document_id) == "here "
        ana.type("and there")
        async with connected_by_http(second.url, document_id, acme.ana.headers, doc=doc) as ana:
            await ana.until(lambda: ana.synced)
            await _is_stored(colophon, acme, document_id, "here and there")


async def _is_stored(colophon: Colophon, tenant: Tenant, document_id: DocumentId, text: str) -> None:
    await until(lambda: stored_text(colophon, tenant, document_id), lambda stored: stored == text)
