"""Whoever sends more than it may is slowed by not being read, and let go when it does not stop."""

from dataclasses import replace

import pytest

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from api.live.rate import Bucket, Rates
from app.bootstrap import Colophon
from app.web import create_app
from domain.yjs import protocol
from tests.live.hocuspocus_client import hocuspocus_socket
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant, serve

QUESTION = protocol.write_message(protocol.QueryAwareness())
SLOW = Limits(connection_messages_per_second_max=200, burst_seconds_max=0.05)


def test_a_bucket_holds_some_seconds_worth_and_says_how_long_it_is_overdrawn() -> None:
    bucket = Bucket(per_second=10, seconds_held=2, now=0.0)
    assert bucket.spend(20, now=0.0) == 0
    assert bucket.spend(5, now=0.0) == 0.5
    assert bucket.spend(10, now=0.5) == 1
    # However long nothing was spent, it holds no more than it did.
    assert bucket.spend(20, now=1_000.0) == 0
    assert bucket.spend(1, now=1_000.0) == 0.1


async def test_each_limit_slows_those_whom_it_is_about(acme: Tenant, globex: Tenant) -> None:
    generous = Limits(
        connection_messages_per_second_max=10**9,
        connection_bytes_per_second_max=10**12,
        member_messages_per_second_max=10**9,
        member_bytes_per_second_max=10**12,
        tenant_messages_per_second_max=10**9,
        tenant_bytes_per_second_max=10**12,
    )
    ana, olga, mallory = acme.ana.context, acme.olga.context, globex.ana.context

    def slowed(**limit: int) -> list[bool]:
        """Whether Ana, Olga and Mallory have to wait after Ana has used up one limit."""
        rates = Rates(replace(generous, burst_seconds_max=1.0, **limit))
        rates.spend(100, ana, now=0.0)
        return [rates.spend(1, who, now=0.0) > 0 for who in (ana, olga, mallory)]

    assert slowed(member_messages_per_second_max=1) == [True, False, False]
    assert slowed(member_bytes_per_second_max=100) == [True, False, False]
    assert slowed(tenant_messages_per_second_max=1) == [True, True, False]
    assert slowed(tenant_bytes_per_second_max=100) == [True, True, False]


async def test_who_has_to_be_slowed_for_too_long_is_let_go(acme: Tenant) -> None:
    limits = Limits(connection_bytes_per_second_max=1_000, burst_seconds_max=1.0, slowed_seconds_max=10.0)
    pace = Rates(limits).pace()
    await pace.keep(1_000, acme.ana.context)
    with pytest.raises(ConnectionRefused) as refused:
        await pace.keep(11_000, acme.ana.context)
    assert refused.value.code is CloseCode.TOO_FAST
    assert not refused.value.code.is_permanent


async def test_a_fast_writer_is_slowed_and_loses_nothing(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    slow = replace(colophon.platform, limits=SLOW)
    async with serve(create_app(replace(colophon, platform=slow))) as url, hocuspocus_socket(url) as socket:
        async with connected(url, document_id, acme.ana.api_key) as ana:
            await ana.until(lambda: ana.synced)
            for number in range(100):
                ana.type(f"{number} ")
            await ana.acknowledged()
        adam = socket.document(document_id)
        await adam.begun(acme.adam.api_key)
        for _ in range(100):
            adam.type(".")
        await adam.until(lambda: len(adam.statuses) == 101)
    assert await stored_text(colophon, acme, document_id) == "".join(f"{n} " for n in range(100)) + "." * 100


async def test_a_flood_ends_its_own_connection_only(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_plain_document(colophon, acme)
    limits = Limits(connection_messages_per_second_max=100, burst_seconds_max=0.1, slowed_seconds_max=0.5)
    impatient = replace(colophon.platform, limits=limits)
    async with (
        serve(create_app(replace(colophon, platform=impatient))) as url,
        connected(url, document_id, acme.ana.api_key) as ana,
        connected(url, document_id, acme.olga.api_key) as mallory,
        hocuspocus_socket(url) as socket,
    ):
        adam = socket.document(document_id)
        await adam.begun(acme.adam.api_key)
        await ana.until(lambda: ana.synced)
        for _ in range(500):
            mallory.send(QUESTION)
            adam.send(QUESTION)
        assert await mallory.closed() == 4529
        assert await socket.closed() == 4529
        ana.type("A")
        await ana.acknowledged()
