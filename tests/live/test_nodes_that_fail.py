"""Nodes that are killed, paused, parted from their servers and replaced, and a Redis that goes, while people type."""

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest

from app.bootstrap import Colophon, build
from app.web import create_app
from domain.ids import DocumentId
from tests.live.nodes import Nodes, running_nodes
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.typists import Typists, typing
from tests.live.yjs_client import connected
from tests.support.redis_server import RedisServer, own_redis
from tests.support.world import Tenant, installation, serve

NODES = 3
TYPISTS = 5
EACH_TIMES = 2
WORDS_BETWEEN = 10
PAUSE_SECONDS_MAX = 1.5

pytestmark = pytest.mark.requires("redis")


async def killed(nodes: Nodes, _: Typists, choose: random.Random) -> None:
    await nodes.end(nodes.any(choose), signal.SIGKILL)
    await nodes.start()


async def paused(nodes: Nodes, typists: Typists, choose: random.Random) -> None:
    node = nodes.any(choose)
    nodes.running.remove(node)
    node.send(signal.SIGSTOP)
    # It may have stopped while it held a lock that all others need: then nobody saves anything.
    with suppress(TimeoutError):
        async with asyncio.timeout(PAUSE_SECONDS_MAX):
            await typists.have_saved(WORDS_BETWEEN)
    node.send(signal.SIGCONT)
    nodes.running.append(node)


async def parted(nodes: Nodes, typists: Typists, choose: random.Random) -> None:
    """From the database and Redis, but not from who types there; what was on its way arrives late or not at all."""
    node = nodes.any(choose)
    node.cables.cut()
    # As above: it may hold a lock.
    with suppress(TimeoutError):
        async with asyncio.timeout(PAUSE_SECONDS_MAX):
            await typists.have_saved(WORDS_BETWEEN)
    if choose.random() < 0.5:
        node.cables.mend()
    else:
        node.cables.replace()


Misfortune = Callable[[Nodes, Typists, random.Random], Coroutine[None, None, None]]
MISFORTUNES: tuple[Misfortune, ...] = (killed, paused, parted)


async def require_all_there(colophon: Colophon, tenant: Tenant, nodes: Nodes, typists: Typists) -> None:
    """Every node shows whoever comes with nothing the same, and every word that was saved."""
    stored = await stored_text(colophon, tenant, typists.document_id)
    assert set(typists.saved) <= set(stored.split())
    for node in nodes.running:
        async with connected(node.url, typists.document_id, tenant.ana.api_key) as client:
            await client.until(lambda: str(client.text) == stored)  # awaited here


@pytest.mark.parametrize("seed", [1])
async def test_no_saved_word_is_lost_when_nodes_are_killed_paused_and_parted(
    colophon: Colophon, migrated_database: str, redis_url: str, acme: Tenant, seed: int
) -> None:
    document_id, choose = await a_plain_document(colophon, acme), random.Random(seed)
    async with running_nodes(migrated_database, redis_url, NODES) as nodes:
        async with typing(nodes, document_id, [acme.ana, acme.olga], count=TYPISTS, seed=seed) as typists:
            # when
            for misfortune in choose.sample(MISFORTUNES * EACH_TIMES, k=len(MISFORTUNES) * EACH_TIMES):
                await typists.have_saved(WORDS_BETWEEN)
                await misfortune(nodes, typists, choose)
            await typists.have_saved(WORDS_BETWEEN)
        # then
        await require_all_there(colophon, acme, nodes, typists)


async def test_nodes_are_replaced_one_after_the_other_while_people_type(
    colophon: Colophon, migrated_database: str, redis_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with running_nodes(migrated_database, redis_url, NODES) as nodes:
        first = list(nodes.running)
        async with typing(nodes, document_id, [acme.ana, acme.olga], count=TYPISTS, seed=2) as typists:
            # when
            for node in first:
                await typists.have_saved(WORDS_BETWEEN)
                await nodes.start()
                await nodes.end(node, signal.SIGTERM)
            await typists.have_saved(WORDS_BETWEEN)
        # then
        assert [node.process.exitcode for node in first] == [0, 0, 0]
        assert typists.sittings > TYPISTS
        await require_all_there(colophon, acme, nodes, typists)


async def test_redis_may_go_and_come_back(migrated_database: str, acme: Tenant, colophon: Colophon) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with own_redis() as redis:
        running = [build(installation(migrated_database, redis_url=redis.url)) for _ in range(2)]
        for node in running:
            await node.start(work=False)
        async with serve(create_app(running[0])) as first, serve(create_app(running[1])) as second:
            await _write_and_be_seen(colophon, acme, document_id, redis, (first, second))
        for node in running:
            await node.stop()


async def _write_and_be_seen(
    colophon: Colophon, acme: Tenant, document_id: DocumentId, redis: RedisServer, urls: tuple[str, str]
) -> None:
    async with (
        connected(urls[0], document_id, acme.ana.api_key) as ana,
        connected(urls[1], document_id, acme.olga.api_key) as olga,
    ):
        await asyncio.gather(ana.until(lambda: ana.synced), olga.until(lambda: olga.synced))
        olga.announce(1, "{}")
        await ana.until(lambda: ana.present.get(olga.doc.client_id) is not None)
        # when
        await redis.kill()
        ana.type("without ")
        await olga.until(lambda: str(olga.text) == "without ")
        olga.type("Redis")
        await ana.until(lambda: str(ana.text) == "without Redis")
        ana.announce(1, "{}")
        await ana.until(lambda: ana.doc.client_id in ana.present)
        # then
        assert ana.doc.client_id not in olga.present
        await redis.start()
        await olga.until(lambda: olga.present.get(ana.doc.client_id) is not None)
    assert await stored_text(colophon, acme, document_id) == "without Redis"
