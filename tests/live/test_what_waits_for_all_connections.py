"""What waits for all connections of a member, or of a tenant, is bounded together; who is the furthest behind goes."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

import pytest
from httpx import AsyncClient
from prometheus_client import REGISTRY

from api.limits import Limits
from api.live.backlogs import Backlogs, Share
from api.live.closing import CloseCode, ConnectionRefused
from api.live.outbox import Outbox
from app.bootstrap import Colophon
from app.web import create_app
from domain.yjs import protocol
from tests.live.http_client import QUESTION as ASKED
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import YjsClient, connected
from tests.support.waiting import until
from tests.support.world import Person, Tenant, serve

QUESTION = protocol.write_message(protocol.SyncStep1(state_vector=protocol.write_state_vector({})))
SUMS = [Limits(member_send_queue_bytes_max=100), Limits(tenant_send_queue_bytes_max=100)]
both = pytest.mark.parametrize("limits", SUMS, ids=["member", "tenant"])


def a_line(backlogs: Backlogs, person: Person) -> tuple[Outbox, Share]:
    outbox = Outbox(Limits())
    return outbox, backlogs.share(person.context, outbox.close)


async def is_closed(outbox: Outbox) -> bool:
    """Tell whether it was closed as one of a slow reader; otherwise its next frame is taken."""
    try:
        await outbox.next()
    except ConnectionRefused as refusal:
        return refusal.code is CloseCode.TOO_SLOW
    return False


@both
async def test_the_connection_furthest_behind_is_closed_and_not_the_last_that_came(
    acme: Tenant, limits: Limits
) -> None:
    backlogs = Backlogs(limits)
    (first, first_share), (second, second_share) = a_line(backlogs, acme.ana), a_line(backlogs, acme.ana)
    first.put(bytes(90), first_share)
    second.put(bytes(20), second_share)
    # when
    second.put(b"more", second_share)
    # then
    assert await is_closed(first)
    assert [len(await second.next()) for _ in range(2)] == [20, 4]


@both
async def test_what_is_being_sent_counts_until_it_is_on_its_way(acme: Tenant, limits: Limits) -> None:
    backlogs = Backlogs(limits)
    (stuck, stuck_share), (other, other_share) = a_line(backlogs, acme.ana), a_line(backlogs, acme.ana)
    given_up = asyncio.Event()
    with stuck.sent_by(given_up.set):
        stuck.put(bytes(101), stuck_share)
        assert len(await stuck.next()) == 101
        # when
        other.put(b"a word", other_share)
        # then
        assert given_up.is_set()
    # Whoever has sent it is not behind.
    (quick, quick_share) = a_line(backlogs, acme.ana)
    quick.put(bytes(101), quick_share)
    quick.put(b"", quick_share)
    assert await is_closed(quick)


@both
async def test_presence_gives_way_first(acme: Tenant, limits: Limits) -> None:
    backlogs = Backlogs(limits)
    (behind, behind_share), (other, other_share) = a_line(backlogs, acme.ana), a_line(backlogs, acme.ana)
    behind.put(bytes(60), behind_share)
    # when
    other.put_presence(b"a cursor", other_share)
    other.put(b"a word", other_share)
    # then
    assert await other.next() == b"a word"


async def test_what_a_connection_leaves_behind_is_counted_no_more(acme: Tenant) -> None:
    backlogs = Backlogs(Limits(member_send_queue_bytes_max=100))
    for _ in range(5):
        gone, share = a_line(backlogs, acme.ana)
        gone.put(bytes(90), share)
        gone.put(bytes(90), share)
        await gone.next()
        gone.discard()
    last, share = a_line(backlogs, acme.ana)
    last.put(bytes(90), share)
    last.put(b"more", share)
    assert not await is_closed(last)


async def test_others_are_not_behind_with_what_waits_for_a_member(acme: Tenant, globex: Tenant) -> None:
    backlogs = Backlogs(Limits(member_send_queue_bytes_max=100, tenant_send_queue_bytes_max=1_000))
    ana, ana_share = a_line(backlogs, acme.ana)
    olga, olga_share = a_line(backlogs, acme.olga)
    stranger, stranger_share = a_line(backlogs, globex.ana)
    for outbox, share in (ana, ana_share), (olga, olga_share), (stranger, stranger_share):
        outbox.put(bytes(90), share)
    ana.put(bytes(20), ana_share)
    ana.put(b"", ana_share)
    assert await is_closed(ana)
    assert not await is_closed(olga)
    assert not await is_closed(stranger)


def is_synced(client: YjsClient) -> bool:
    return client.synced


def too_slow() -> float:
    return REGISTRY.get_sample_value("colophon_live_refusals_total", {"code": "1013"}) or 0.0


async def test_many_connections_that_do_not_read_hold_no_more_than_one_may(colophon: Colophon, acme: Tenant) -> None:
    # given
    document_id = await a_plain_document(colophon, acme, secrets.token_urlsafe(75_000))
    limits = Limits(member_send_queue_bytes_max=5_000_000)
    app = create_app(replace(colophon, platform=replace(colophon.platform, limits=limits)))
    async with serve(app) as url, AsyncExitStack() as stack:
        colleague = await stack.enter_async_context(connected(url, document_id, acme.ana.api_key))
        veras = [await stack.enter_async_context(connected(url, document_id, acme.vera.api_key)) for _ in range(3)]
        for vera in veras:
            await vera.until(partial(is_synced, vera))
        before = too_slow()
        # when
        for vera in veras:
            vera.socket.transport.pause_reading()
            for _ in range(140):  # more than the system's buffers hold, less than the connection's own queue
                vera.send(QUESTION)
        # then
        await until(too_slow_since(before), lambda count: count == 2)
        colleague.type("still here")
        await colleague.acknowledged()
        for vera in veras:
            vera.socket.transport.resume_reading()
        await until(ended(veras), lambda left: len(left) == 2)
        (vera,) = [vera for vera in veras if vera.close_code is None]
        await vera.until(lambda: str(vera.text).endswith("still here"))
        assert too_slow() - before == 2


def too_slow_since(before: float) -> Callable[[], Awaitable[float]]:
    async def count() -> float:
        return too_slow() - before

    return count


def ended(clients: Sequence[YjsClient]) -> Callable[[], Awaitable[list[int]]]:
    async def codes() -> list[int]:
        return [client.close_code for client in clients if client.close_code is not None]

    return codes


async def test_sessions_over_http_count_likewise(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme, secrets.token_urlsafe(40_000))
    limits = Limits(member_send_queue_bytes_max=200_000)
    async with (
        serve(create_app(replace(colophon, platform=replace(colophon.platform, limits=limits)))) as url,
        AsyncClient(base_url=url, headers=acme.vera.headers) as http,
    ):
        live = f"/api/v1/documents/{document_id}/live"
        sessions = [f"{live}/{(await http.post(live)).json()['session']}/messages" for _ in range(5)]
        answers = [await http.post(session, content=ASKED) for session in sessions]
        assert [answer.status_code for answer in answers] == [200] * 5
        # when
        kept = [await http.get(session, params={"wait": 0}) for session in sessions]
        # then
        ended = [answer for answer in kept if answer.status_code != 200]
        assert len(ended) == 1
        assert ended[0].json()["close_code"] == 1013
