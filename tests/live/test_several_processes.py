"""Two processes hold rooms of the same document: edits meet in the log, presence through Redis."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.bootstrap import Colophon, build
from app.web import create_app
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import connected
from tests.support.world import Tenant, installation, serve

pytestmark = pytest.mark.requires("redis")


@dataclass(frozen=True, slots=True)
class Nodes:
    """Two servers with parts of their own: another pool, another writer, other rooms."""

    first: str
    second: str


@pytest.fixture
async def nodes(migrated_database: str, redis_url: str) -> AsyncIterator[Nodes]:
    running = [build(installation(migrated_database, redis_url=redis_url)) for _ in range(2)]
    for node in running:
        await node.start(work=False)
    async with serve(create_app(running[0])) as first, serve(create_app(running[1])) as second:
        yield Nodes(first, second)
    for node in running:
        await node.stop()


async def test_what_one_types_on_one_node_the_other_sees_on_another(
    colophon: Colophon, nodes: Nodes, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(nodes.first, document_id, acme.ana.api_key) as ana,
        connected(nodes.second, document_id, acme.olga.api_key) as olga,
    ):
        await asyncio.gather(ana.until(lambda: ana.synced), olga.until(lambda: olga.synced))
        for number in range(10):
            ana.type(f"a{number} ")
            olga.type(f"o{number} ")
        await asyncio.gather(ana.acknowledged(), olga.acknowledged())
        await ana.until(lambda: len(str(ana.text).split()) == 20)
        await olga.until(lambda: str(olga.text) == str(ana.text))
        assert await stored_text(colophon, acme, document_id) == str(ana.text)


async def test_people_see_each_other_across_nodes_also_when_one_came_first(
    colophon: Colophon, nodes: Nodes, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(nodes.first, document_id, acme.ana.api_key) as ana:
        ana.announce(1, '{"user":{"name":"Ana"}}')
        await ana.until(lambda: ana.doc.client_id in ana.present)
        async with connected(nodes.second, document_id, acme.olga.api_key) as olga:
            await olga.until(lambda: olga.present.get(ana.doc.client_id) is not None)
            olga.announce(1, '{"user":{"name":"Olga"}}')
            await ana.until(lambda: ana.present.get(olga.doc.client_id) is not None)
        await ana.until(lambda: ana.present.get(olga.doc.client_id, "here") is None)


async def test_whoever_takes_a_channel_over_is_told_when_it_is_heard(migrated_database: str, redis_url: str) -> None:
    node = build(installation(migrated_database, redis_url=redis_url))
    await node.start(work=False)
    for _ in range(2):
        listening = asyncio.Event()
        await node.platform.fanout.subscribe("document", lambda _: None, listening.set)
        async with asyncio.timeout(10):
            await listening.wait()
    await node.stop()


async def test_without_redis_edits_still_meet(colophon: Colophon, migrated_database: str, acme: Tenant) -> None:
    nobody = "redis://127.0.0.1:1/0"
    alone = build(installation(migrated_database, redis_url=nobody))
    await alone.start(work=False)
    assert "redis" in await alone.platform.health.failures()
    document_id = await a_plain_document(colophon, acme)
    async with (
        serve(create_app(alone)) as first,
        serve(create_app(colophon)) as second,
        connected(first, document_id, acme.ana.api_key) as ana,
        connected(second, document_id, acme.olga.api_key) as olga,
    ):
        await asyncio.gather(ana.until(lambda: ana.synced), olga.until(lambda: olga.synced))
        ana.type("still ")
        await olga.until(lambda: str(olga.text) == "still ")
        olga.type("together")
        await ana.until(lambda: str(ana.text) == "still together")
    await alone.stop()
