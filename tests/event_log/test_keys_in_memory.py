"""Keys in memory: bounded, gone after a minute, asked for once by however many miss them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import event
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.foundation import context_signer
from domain.sealed import KeyRef, KeyScope
from infra.event_store.key_cache import CACHED_SECONDS, KeyCache
from infra.event_store.keyring import ContentErased, Keyring
from infra.postgres.engines import Databases, open_databases
from infra.postgres.role_logins import RoleLogins
from tests.support.world import MASTER_KEY, Tenant


class Clock:
    """A clock that goes on when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def new_ref(scope: KeyScope = KeyScope.DOCUMENT) -> KeyRef:
    return KeyRef(scope, uuid7())


@asynccontextmanager
async def other_process(url: str, clock: Clock) -> AsyncIterator[tuple[Keyring, Databases]]:
    """A keyring that hears no notice."""
    databases = open_databases(RoleLogins(url, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    try:
        yield Keyring(databases.keyring, databases.signer, MASTER_KEY, clock), databases
    finally:
        await databases.close()


@asynccontextmanager
async def statements_of(databases: Databases) -> AsyncIterator[list[str]]:
    """What is asked of the keystore meanwhile."""
    asked: list[str] = []

    def note(*call: object) -> None:
        if "keystore." in str(call[2]):
            asked.append(str(call[2]))

    event.listen(databases.keyring.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(databases.keyring.sync_engine, "before_cursor_execute", note)


def test_more_than_it_may_hold_pushes_the_oldest_out() -> None:
    cache: KeyCache[int, str] = KeyCache(entries_max=2)
    for number in (1, 2, 1, 3):
        cache.put(number, f"key {number}")
    assert (len(cache), cache.get(1), cache.get(2), cache.get(3)) == (2, "key 1", None, "key 3")


def test_nothing_is_found_or_held_after_its_time() -> None:
    clock = Clock()
    cache: KeyCache[int, str] = KeyCache(seconds=60, timer=clock)
    cache.put(1, "early")
    clock.seconds = 59.9
    assert cache.get(1) == "early"
    clock.seconds = 60.0
    assert cache.get(1) is None
    cache.put(2, "late")
    assert len(cache) == 1


async def test_missing_keys_are_found_and_made_together(acme: Tenant, migrated_database: str) -> None:
    async with other_process(migrated_database, Clock()) as (keyring, databases):
        refs = [new_ref(scope) for scope in KeyScope for _ in range(20)]
        async with statements_of(databases) as making:
            made = await keyring.keys_for(acme.ana.context, refs)
        async with statements_of(databases) as again:
            assert await keyring.keys_for(acme.ana.context, refs) == made
            assert set(await keyring.keys_by_id(acme.ana.context, [key.key_id for key in made.values()])) == {
                key.key_id for key in made.values()
            }
        keyring.forget_cached()
        async with statements_of(databases) as finding:
            assert await keyring.keys_for(acme.ana.context, refs) == made
    assert (len(set(made.values())), len(making), again, len(finding)) == (80, 4, [], 1)


async def test_many_who_miss_the_same_key_ask_once(colophon: Colophon, acme: Tenant, migrated_database: str) -> None:
    async with other_process(migrated_database, Clock()) as (keyring, databases):
        ref = new_ref()
        (key,) = (await colophon.keyring.keys_for(acme.ana.context, [ref])).values()
        async with statements_of(databases) as asked:
            first = asyncio.create_task(keyring.keys_by_id(acme.ana.context, [key.key_id]))
            others = [asyncio.create_task(keyring.keys_by_id(acme.ana.context, [key.key_id])) for _ in range(30)]
            await asyncio.sleep(0)
            first.cancel()
            answers = await asyncio.gather(*others)
    assert first.cancelled()
    assert (answers, len(asked)) == ([{key.key_id: key}] * 30, 1)


async def test_two_processes_that_make_the_same_keys_have_the_same(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    async with other_process(migrated_database, Clock()) as (keyring, _):
        refs = [new_ref() for _ in range(50)]
        here, there = await asyncio.gather(
            colophon.keyring.keys_for(acme.ana.context, refs),
            keyring.keys_for(acme.ana.context, list(reversed(refs))),
        )
    assert here == there


async def test_a_destroyed_key_opens_nothing_after_the_bound_when_the_notice_was_lost(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    clock = Clock()
    async with other_process(migrated_database, clock) as (keyring, _):
        ref = new_ref()
        key = (await keyring.keys_for(acme.ana.context, [ref]))[ref]
        # when
        await colophon.keyring.destroy(acme.olga.context, KeyScope.DOCUMENT, [ref.id])
        clock.seconds = CACHED_SECONDS
        # then
        assert await keyring.keys_by_id(acme.ana.context, [key.key_id]) == {}
        with pytest.raises(ContentErased):
            await keyring.keys_for(acme.ana.context, [ref, new_ref()])


async def test_the_same_id_in_two_scopes_has_two_keys(colophon: Colophon, acme: Tenant) -> None:
    one = new_ref()
    keys = await colophon.keyring.keys_for(acme.ana.context, [one, KeyRef(KeyScope.SUBJECT, one.id)])
    assert len({key.key_id for key in keys.values()}) == 2
