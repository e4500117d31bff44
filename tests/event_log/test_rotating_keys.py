"""A tenant's key is rotated: everything stays readable, meanwhile and afterwards, and nothing is sealed again."""

import asyncio

import psycopg
import pytest
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.operator import Operator
from commands.event_log import StreamWrite
from domain.directory.events import TenantKeyRotated
from domain.ids import StreamId
from domain.sealed import KeyRef, KeyScope
from infra.event_store.key_rotation import KeyRotation
from infra.event_store.keyring import ContentErased
from tests.event_log.test_appending import append, created
from tests.support.world import Tenant

PAYLOADS = "SELECT * FROM log.event_payloads WHERE tenant_id = %s ORDER BY 1, 2, 3"
WRAPPED = "SELECT epoch, wrapped FROM keystore.data_keys WHERE tenant_id = %s"
TENANT_KEYS = "SELECT epoch, wrapped FROM keystore.tenant_keys WHERE tenant_id = %s"


async def rows(url: str, query: bytes, tenant: Tenant) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query, [tenant.tenant_id])).fetchall()


async def write(colophon: Colophon, tenant: Tenant) -> StreamId:
    stream = StreamId(uuid7())
    await append(colophon, tenant.ana, StreamWrite(stream, 0, [created(stream, f"Contract {stream}")]))
    return stream


async def titles(colophon: Colophon, tenant: Tenant, streams: list[StreamId]) -> list[object]:
    """Read with nothing in memory."""
    colophon.keyring.forget_cached()
    loaded = [await colophon.platform.log.load(stream, tenant.ana.context) for stream in streams]
    return [recorded.event for (recorded,) in loaded]


async def test_keys_are_wrapped_anew_and_content_is_as_it_was(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    # given
    streams = [await write(colophon, acme) for _ in range(3)]
    content = set(await rows(migrated_database, PAYLOADS.encode(), acme))
    former = {wrapped for _, wrapped in await rows(migrated_database, WRAPPED.encode(), acme)}
    # when
    epoch, count = await Operator(colophon).rotate_key(acme.tenant_id)
    # then
    now = await rows(migrated_database, WRAPPED.encode(), acme)
    assert (epoch, {row[0] for row in now}, count) == (2, {2}, len(now))
    assert not former & {wrapped for _, wrapped in now}
    assert [row[0] for row in await rows(migrated_database, TENANT_KEYS.encode(), acme)] == [2]
    assert content < set(await rows(migrated_database, PAYLOADS.encode(), acme))
    assert await titles(colophon, acme, streams) == [created(s, f"Contract {s}") for s in streams]
    told = [r.event for r in await colophon.platform.log.load(StreamId(acme.tenant_id), acme.olga.context)]
    assert told[-1] == TenantKeyRotated(epoch=2)


async def test_appends_go_on_while_keys_are_rotated_twice(colophon: Colophon, acme: Tenant) -> None:
    written: list[StreamId] = []
    rotated = asyncio.Event()

    async def writing() -> None:
        while not rotated.is_set():
            mine = await write(colophon, acme)
            written.append(mine)
            assert await titles(colophon, acme, [mine]) == [created(mine, f"Contract {mine}")]

    # when
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(writing())
        for expected in (2, 3):
            assert (await Operator(colophon).rotate_key(acme.tenant_id))[0] == expected
        rotated.set()
    # then
    assert len(await titles(colophon, acme, written)) == len(written) >= 4
    assert {e.epoch for e in await Operator(colophon).key_epochs(acme.tenant_id)} == {3}


async def test_a_rotation_that_was_stopped_between_two_batches_is_finished_by_the_next(
    colophon: Colophon, acme: Tenant
) -> None:
    # given
    streams = [await write(colophon, acme) for _ in range(4)]
    house, context = Operator(colophon), Operator.context(acme.tenant_id)
    stopped: KeyRotation = colophon.key_rotation
    epoch = await stopped.begin(context)
    assert await stopped.rewrap(context, epoch, keys_max=2) == 2
    assert {e.epoch: e.data_keys > 1 for e in await house.key_epochs(acme.tenant_id)} == {1: True, 2: True}
    assert len(await titles(colophon, acme, streams)) == 4
    streams.append(await write(colophon, acme))
    # when
    assert (await house.rotate_key(acme.tenant_id))[0] == epoch
    # then
    assert [e.epoch for e in await house.key_epochs(acme.tenant_id)] == [epoch]
    assert await titles(colophon, acme, streams) == [created(s, f"Contract {s}") for s in streams]


async def test_a_key_that_was_destroyed_stays_destroyed(colophon: Colophon, acme: Tenant) -> None:
    gone = KeyRef(KeyScope.DOCUMENT, uuid7())
    await colophon.keyring.keys_for(acme.ana.context, [gone])
    await colophon.keyring.destroy(acme.olga.context, KeyScope.DOCUMENT, [gone.id])
    await Operator(colophon).rotate_key(acme.tenant_id)
    (epoch,) = await Operator(colophon).key_epochs(acme.tenant_id)
    assert (epoch.epoch, epoch.destroyed) == (2, 1)
    with pytest.raises(ContentErased):
        await colophon.keyring.keys_for(acme.ana.context, [gone])


async def test_a_tenant_key_that_still_wraps_something_cannot_be_deleted(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    await write(colophon, acme)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        async with await psycopg.AsyncConnection.connect(migrated_database) as connection:
            await connection.execute("DELETE FROM keystore.tenant_keys WHERE tenant_id = %s", [acme.tenant_id])
