"""The master key is exchanged: nothing is sealed again, nobody waits, and whoever has the wrong key is told so."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from app.master_key import MasterKeys
from app.master_keys import migrated
from app.operator import Operator
from commands.event_log import LogUnavailable
from infra.event_store.key_rotation import KnownMasterKey
from infra.event_store.key_wrapping import FormerKeyMissing, PasswordRefused, WrongMasterKey, fingerprint
from infra.event_store.keyring import MasterKeyExchanged
from infra.event_store.master_key_exchange import NothingToExchange
from tests.event_log.two_keys import (
    BOTH,
    FORMER,
    NEW,
    ONLY_FORMER,
    ONLY_NEW,
    WRONG,
    House,
    a_house,
    a_server,
    creating,
    execute,
    public_key,
    rows,
    title,
    write,
)
from tests.support.world import open_tenant

OUTDATED_EVERY = 4
CONTENT = "SELECT * FROM log.event_payloads ORDER BY 1, 2, 3"
DATA_KEYS = "SELECT key_id, epoch, wrapped FROM keystore.data_keys ORDER BY 1"
TENANT_KEYS = "SELECT tenant_id, epoch, wrapped FROM keystore.tenant_keys ORDER BY 1, 2"
EVERYTHING_WRAPPED = """
SELECT tenant_id::text, wrapped, master_key FROM keystore.tenant_keys
 UNION ALL SELECT purpose, wrapped, master_key FROM keystore.lasting_secrets ORDER BY 1
"""
SIGNING_KEYS = "SELECT public_key, master_key FROM keystore.signing_keys"
KNOWN = "SELECT fingerprint FROM keystore.master_keys ORDER BY known_since"
SIGNATURES = "SELECT key_id FROM sec.context_keys ORDER BY 1"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[tuple[str, str]]:
    """A server of its own, and a migrated database on it to copy."""
    async with a_server() as made:
        yield made


@pytest.fixture
async def house(server: tuple[str, str]) -> AsyncIterator[House]:
    async with a_house(*server, apart=False) as made:
        yield made


@pytest.mark.parametrize("apart", [False, True], ids=["one database", "a keystore apart"])
async def test_everything_is_under_the_new_key_and_content_is_as_it_was(
    server: tuple[str, str], *, apart: bool
) -> None:
    async with a_house(*server, apart=apart) as house:
        # given
        async with house.running(ONLY_FORMER) as before:
            acme, globex = await open_tenant(before), await open_tenant(before)
            merger, takeover = await write(before, acme, "Merger"), await write(before, globex, "Takeover")
            command = creating("Asked twice")
            receipt = await execute(before, acme, command, "a-key")
            signs = await public_key(before)
        content, data_keys = await rows(house.main, CONTENT), await house.rows(DATA_KEYS)
        tenant_keys = await house.rows(TENANT_KEYS)
        # when
        told = await house.exchange()
        # then
        assert told[-1] == "nothing is under the former key any more"
        assert (await rows(house.main, CONTENT), await house.rows(DATA_KEYS)) == (content, data_keys)
        assert not set(tenant_keys) & set(await house.rows(TENANT_KEYS))
        assert {row[2] for row in await house.rows(EVERYTHING_WRAPPED)} == {fingerprint(NEW)}
        assert await rows(house.main, SIGNING_KEYS) == [(signs, fingerprint(NEW))]
        async with house.running(ONLY_NEW) as after:
            assert await title(after, acme, merger) == "Merger"
            assert await title(after, globex, takeover) == "Takeover"
            assert await execute(after, acme, command, "a-key") == receipt
            assert await public_key(after) == signs
            tenants = len({row[0] for row in tenant_keys})
            found = await Operator(after).master_keys()
            assert found == [KnownMasterKey(fingerprint=fingerprint(NEW), in_use=True, tenants=tenants)]


async def test_to_exchange_it_again_changes_nothing(house: House) -> None:
    async with house.running(ONLY_FORMER) as before:
        await open_tenant(before)
    await house.exchange()
    wrapped = await house.rows(EVERYTHING_WRAPPED)
    await house.exchange()
    assert await house.rows(EVERYTHING_WRAPPED) == wrapped
    await house.end_signatures()
    await house.end_signatures()
    assert [key_id for (key_id,) in await rows(house.main, SIGNATURES)] == [f"master-{fingerprint(NEW)}"]


async def test_two_exchanges_at_once_are_one_after_the_other(house: House) -> None:
    async with house.running(ONLY_FORMER) as before:
        acme = await open_tenant(before)
        merger = await write(before, acme)
    told = await asyncio.gather(house.exchange(), house.exchange())
    assert sorted(sum(what.startswith("tenants ") for what in one) for one in told) == [0, 1]
    async with house.running(ONLY_NEW) as after:
        assert await title(after, acme, merger) == "Merger"


async def test_an_exchange_that_is_killed_at_any_statement_leaves_everything_readable(house: House) -> None:
    # given
    async with house.running(ONLY_FORMER) as before:
        acme, globex = await open_tenant(before), await open_tenant(before)
        written = {await write(before, tenant): tenant for tenant in (acme, globex)}
        signs = await public_key(before)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.event_log.dying_exchange", house.main, house.keystore or "",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    killed = 0
    # when
    while True:
        process.stdin.write(f"{killed + 1}\n".encode())
        if int(await process.stdout.readline()) == 0:
            break
        killed += 1
        # then
        async with house.reading(BOTH) as meanwhile:
            for document_id, tenant in written.items():
                assert await title(meanwhile, tenant, document_id) == "Merger"
        if killed % OUTDATED_EVERY == 0:
            with suppress(WrongMasterKey):
                async with house.reading(ONLY_FORMER) as outdated:
                    with suppress(MasterKeyExchanged):
                        assert await title(outdated, tenant, document_id) == "Merger"
    process.stdin.close()
    assert await process.wait() == 0
    assert killed > 20
    async with house.running(ONLY_NEW) as after:
        for document_id, tenant in written.items():
            assert await title(after, tenant, document_id) == "Merger"
        assert await public_key(after) == signs


async def test_between_the_steps_for_two_databases_both_keys_open_and_migrate_them(server: tuple[str, str]) -> None:
    async with a_house(*server, apart=True) as house:
        async with house.running(ONLY_FORMER) as before:
            acme = await open_tenant(before)
            merger = await write(before, acme)
        for steps in range(1, 7):
            await house.exchange(steps=steps)
            await migrated(BOTH, house.main, house.keystore)
            async with house.running(BOTH) as meanwhile:
                assert await title(meanwhile, acme, merger) == "Merger"
                later = await open_tenant(meanwhile)
                assert await title(meanwhile, later, await write(meanwhile, later)) == "Merger"
        await house.exchange()
        async with house.running(ONLY_NEW) as after:
            assert await title(after, acme, merger) == "Merger"


async def test_a_process_that_has_both_keys_goes_on_before_meanwhile_and_after(house: House) -> None:
    async with house.running(BOTH) as process:
        acme = await open_tenant(process)
        written = [await write(process, acme, "0")]
        for steps in range(1, 6):
            await house.exchange(steps=steps)
            # Connections are made anew, with the password that is right by now.
            await house.end_connections()
            later = await open_tenant(process)
            assert await title(process, later, await write(process, later, "later")) == "later"
            written.append(await write(process, acme, str(steps)))
            assert [await title(process, acme, one) for one in written] == [str(n) for n in range(len(written))]
        await house.exchange()
        assert await title(process, acme, written[0]) == "0"
    async with house.running(ONLY_NEW) as after:
        assert [await title(after, acme, one) for one in written] == [str(n) for n in range(len(written))]


async def test_a_process_that_has_only_the_former_key_says_so_and_spoils_nothing(house: House) -> None:
    async with house.running(ONLY_FORMER) as outdated:
        acme = await open_tenant(outdated)
        merger = await write(outdated, acme)
        await house.exchange()
        with pytest.raises(MasterKeyExchanged, match="start it again with the new one"):
            await title(outdated, acme, merger)
        with pytest.raises(MasterKeyExchanged):
            await open_tenant(outdated)
        await house.end_signatures()
        with pytest.raises(LogUnavailable, match="master keys"):
            await title(outdated, acme, merger)
    with pytest.raises(PasswordRefused, match="rotate-master"):
        await house.process(ONLY_FORMER)
    assert {row[2] for row in await house.rows(EVERYTHING_WRAPPED)} == {fingerprint(NEW)}
    async with house.running(ONLY_NEW) as after:
        assert await title(after, acme, merger) == "Merger"


async def test_nobody_starts_with_a_wrong_key_or_without_the_former_one_that_is_needed(house: House) -> None:
    async with house.running(ONLY_FORMER) as before:
        await open_tenant(before)
    for keys in (ONLY_NEW, MasterKeys(key=NEW, other=WRONG), MasterKeys(key=WRONG)):
        with pytest.raises(PasswordRefused):
            await house.process(keys)
    # The new key is known and passwords are the new ones; nothing else has happened yet.
    await house.exchange(steps=2)
    for keys in (ONLY_NEW, MasterKeys(key=NEW, other=WRONG)):
        with pytest.raises(FormerKeyMissing, match=fingerprint(FORMER)):
            await house.process(keys)
    with pytest.raises(FormerKeyMissing):
        await house.end_signatures()
    await house.exchange()
    async with house.running(MasterKeys(key=NEW, other=WRONG)):
        pass


async def test_an_exchange_with_a_wrong_key_changes_nothing(house: House) -> None:
    async with house.running(ONLY_FORMER) as before:
        await open_tenant(before)
    wrapped, known = await house.rows(EVERYTHING_WRAPPED), await house.rows(KNOWN)
    with pytest.raises(WrongMasterKey):
        await house.exchange(MasterKeys(key=NEW, other=WRONG))
    with pytest.raises(NothingToExchange, match="COLOPHON_MASTER_KEY_FORMER"):
        await house.end_signatures()
    assert (await house.rows(EVERYTHING_WRAPPED), await house.rows(KNOWN)) == (wrapped, known)
    async with house.running(ONLY_FORMER):
        pass


async def test_an_exchange_that_was_begun_can_be_taken_back(house: House) -> None:
    async with house.running(ONLY_FORMER) as before:
        acme = await open_tenant(before)
        merger = await write(before, acme)
    await house.exchange(steps=4)
    await migrated(BOTH, house.main, house.keystore)
    await house.exchange(MasterKeys(key=FORMER, other=NEW))
    async with house.running(ONLY_FORMER) as again:
        assert await title(again, acme, merger) == "Merger"
    assert await house.rows(KNOWN) == [(fingerprint(FORMER),)]
