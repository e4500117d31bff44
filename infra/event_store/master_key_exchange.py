"""One master key exchanged for another, as the administrator: in short transactions, each of which may be the last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from psycopg import AsyncConnection, sql
from psycopg.errors import ForeignKeyViolation
from psycopg.rows import namedtuple_row

from domain.actor import SYSTEM
from domain.ids import TenantId
from infra import clock
from infra.event_store.key_wrapping import (
    FormerKeyMissing,
    KeystoreElsewhere,
    KeyWrapping,
    WrongMasterKey,
    fingerprint,
    fingerprint_of,
    master_key_digest,
    unwrapped,
)
from infra.evidence.signing import signing_wrapping_key
from infra.postgres.engines import CONTEXT_REFUSED, KEYRING
from infra.postgres.migrate import ONE_AT_A_TIME
from infra.postgres.role_logins import LOGIN_ROLES, RoleLogins
from infra.start_refused import StartRefused
from tenancy.signing import ContextSigner

Connection = AsyncConnection[Any]
Told = Callable[[str], None]
"""Hears what is being done."""

TOLD_EVERY_TENANTS = 100

_KNOW = "INSERT INTO keystore.master_keys (fingerprint) VALUES (%s) ON CONFLICT DO NOTHING"
_ACCEPT = (
    "INSERT INTO sec.context_keys (key_id, inner_pad, outer_pad) VALUES (%s, %s, %s) "
    "ON CONFLICT (key_id) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad"
)
_LASTING = "SELECT purpose, wrapped FROM keystore.lasting_secrets WHERE master_key <> %s FOR UPDATE"
_LASTING_AGAIN = "UPDATE keystore.lasting_secrets SET wrapped = %s, master_key = %s WHERE purpose = %s"
_SIGNING = "SELECT number, wrapped FROM keystore.signing_keys WHERE master_key <> %s FOR UPDATE"
_SIGNING_AGAIN = "UPDATE keystore.signing_keys SET wrapped = %s, master_key = %s WHERE number = %s"
_TENANTS = "SELECT DISTINCT tenant_id FROM sec.tenants_of_master_keys() WHERE master_key <> %s ORDER BY 1"
_SET_CONTEXT = "SELECT set_config('colophon.context', %s, true), sec.tenant()"
_TENANT_KEYS = (
    "SELECT epoch, wrapped FROM keystore.tenant_keys WHERE tenant_id = %s AND master_key <> %s "
    "ORDER BY epoch FOR UPDATE"
)
_TENANT_KEY_AGAIN = "UPDATE keystore.tenant_keys SET wrapped = %s, master_key = %s WHERE tenant_id = %s AND epoch = %s"


class NothingToExchange(StartRefused):
    """The key that is set is not the database's, and nobody said which one is."""

    def __init__(self) -> None:
        super().__init__(
            "This installation is under another master key than COLOPHON_MASTER_KEY: set COLOPHON_MASTER_KEY_FORMER to "
            "the present key, and COLOPHON_MASTER_KEY to the one that is to take its place."
        )


class LeftBehind(StartRefused):
    """Rows that nobody reads any more are under the former key still."""

    def __init__(self) -> None:
        super().__init__(
            "The main database holds tenant keys beside the keystore of COLOPHON_KEYSTORE_URL. Empty its tables as "
            "docs/how-to/run-in-production.md says, and give the command again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeyExchange:
    """
    Brings what hangs on the master key under the new one; beginning again goes on where it was stopped.

    Both keys open the installation from the first step to the last. What is new is wrapped by the new one at once, and
    the former one is forgotten only when the database itself finds nothing that refers to it.
    """

    admin_url: str
    keystore_url: str | None
    new: bytes
    former: bytes | None
    signer_of: Callable[[bytes], ContextSigner]
    tell: Told

    async def run(self) -> int:
        """Exchange and return how many tenants had a key to wrap again. Raises WrongMasterKey, StartRefused."""
        tenants = 0
        async with self._alone() as databases:
            for connection in databases:
                await self._introduce(connection)
            for connection in databases:
                await self._give_passwords(connection)
            for connection in databases:
                await self._wrap_own(connection)
            while True:
                wrapped = await self._wrap_tenants()
                tenants += wrapped
                if await self._end_former(databases):
                    return tenants
                if not wrapped:
                    raise LeftBehind

    async def end_signatures(self) -> None:
        """Accept no signature but the new key's, once no process signs by another."""
        async with self._alone() as databases:
            for connection in databases:
                async with _as_owner(connection):
                    await self._require_known(connection)
                    own = self.signer_of(self.new).key_id
                    await connection.execute("DELETE FROM sec.context_keys WHERE key_id <> %s", [own])
        self.tell("signatures of the former key are not accepted any more")

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[list[Connection]]:
        """The main database first: whoever looks at the keystore's shall find the main one ready."""
        urls = [self.admin_url] if self.keystore_url is None else [self.admin_url, self.keystore_url]
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(
                    await AsyncConnection.connect(url, autocommit=True, row_factory=namedtuple_row)
                )
                for url in urls
            ]
            await opened[0].execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            # Nothing would be found here, and the key that opens everything there would be forgotten.
            if self.keystore_url is None and not await _holds_the_keys(opened[0]):
                raise KeystoreElsewhere
            yield opened

    async def _require_known(self, connection: Connection) -> None:
        row = await (await connection.execute("SELECT digest FROM keystore.master_check FOR UPDATE")).fetchone()
        known = {fingerprint(key) for key in (self.new, self.former) if key is not None}
        if row is None or fingerprint_of(row.digest) not in known:
            raise NothingToExchange if self.former is None else WrongMasterKey
        for (name,) in await (await connection.execute("SELECT fingerprint FROM keystore.master_keys")).fetchall():
            if name not in known:
                raise FormerKeyMissing(name)

    async def _introduce(self, connection: Connection) -> None:
        """From here on both keys are known and accepted, and what is new is wrapped by the new one."""
        signer = self.signer_of(self.new)
        async with _as_owner(connection):
            await self._require_known(connection)
            await connection.execute(_KNOW, [fingerprint(self.new)])
            await connection.execute(_ACCEPT, [signer.key_id, *signer.pads()])
            digest = master_key_digest(self.new)
            await connection.execute("UPDATE keystore.master_check SET digest = %s", [digest])
        self.tell(f"{connection.info.dbname}: the new key is known")

    async def _give_passwords(self, connection: Connection) -> None:
        """To all roles of the server or to none; who is connected stays so."""
        logins = RoleLogins(self.admin_url, self.new)
        async with connection.transaction():
            for role in LOGIN_ROLES:
                change = sql.SQL("ALTER ROLE {} PASSWORD {}")
                await connection.execute(change.format(sql.Identifier(role), sql.Literal(logins.password(role))))
        self.tell(f"{connection.info.dbname}: its roles have their new passwords")

    async def _wrap_own(self, connection: Connection) -> None:
        """Wrap what belongs to no tenant: lasting secrets, and the key that signs the logs."""
        current = fingerprint(self.new)
        keys = [key for key in (self.new, self.former) if key is not None]
        wrapping = self._wrapping()
        async with _as_owner(connection):
            for row in await (await connection.execute(_LASTING, [current])).fetchall():
                again = wrapping.under(current, row.wrapped)
                await connection.execute(_LASTING_AGAIN, [again, current, row.purpose])
            if await _is_there(connection, "keystore.signing_keys"):
                for row in await (await connection.execute(_SIGNING, [current])).fetchall():
                    opened = unwrapped(row.wrapped, map(signing_wrapping_key, keys))
                    again = aes_key_wrap(signing_wrapping_key(self.new), opened)
                    await connection.execute(_SIGNING_AGAIN, [again, current, row.number])
        self.tell(f"{connection.info.dbname}: the installation's own keys are under the new key")

    async def _wrap_tenants(self) -> int:
        logins = RoleLogins(self.admin_url, self.new, self.keystore_url)
        current, wrapping = fingerprint(self.new), self._wrapping()
        keyring = await AsyncConnection.connect(
            **logins.parameters(KEYRING), autocommit=True, row_factory=namedtuple_row
        )
        async with keyring:
            tenants = [row.tenant_id for row in await (await keyring.execute(_TENANTS, [current])).fetchall()]
            for done, tenant_id in enumerate(tenants, 1):
                await self._wrap_tenant(keyring, tenant_id, current, wrapping)
                if done % TOLD_EVERY_TENANTS == 0 or done == len(tenants):
                    self.tell(f"tenants {done}/{len(tenants)}")
        return len(tenants)

    async def _wrap_tenant(self, keyring: Connection, tenant_id: TenantId, current: str, wrapping: KeyWrapping) -> None:
        line = self.signer_of(self.new).sign(tenant_id, SYSTEM, now_epoch_seconds=clock.now().timestamp())
        async with keyring.transaction():
            accepted = await (await keyring.execute(_SET_CONTEXT, [line])).fetchone()
            if accepted is None or accepted.tenant != tenant_id:
                raise StartRefused(CONTEXT_REFUSED)
            for row in await (await keyring.execute(_TENANT_KEYS, [tenant_id, current])).fetchall():
                again = await asyncio.to_thread(wrapping.under, current, row.wrapped)
                await keyring.execute(_TENANT_KEY_AGAIN, [again, current, tenant_id, row.epoch])

    async def _end_former(self, databases: list[Connection]) -> bool:
        """Forget every other key; False when something was wrapped by one a moment ago."""
        for connection in reversed(databases):
            try:
                async with _as_owner(connection):
                    forget = "DELETE FROM keystore.master_keys WHERE fingerprint <> %s"
                    await connection.execute(forget, [fingerprint(self.new)])
            except ForeignKeyViolation:
                return False
        self.tell("nothing is under the former key any more")
        return True

    def _wrapping(self) -> KeyWrapping:
        return KeyWrapping(self.new, other_master_key=self.former)


@asynccontextmanager
async def _as_owner(connection: Connection) -> AsyncIterator[None]:
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE colophon_owner")
        yield


async def _holds_the_keys(connection: Connection) -> bool:
    """Tell whether the keyring may look here: it may not, once the keystore is apart."""
    asked = "SELECT has_schema_privilege(%s, 'keystore', 'USAGE') AS may_look"
    row = await (await connection.execute(asked, [KEYRING])).fetchone()
    return row is not None and bool(row.may_look)


async def _is_there(connection: Connection, table: LiteralString) -> bool:
    row = await (await connection.execute("SELECT to_regclass(%s) IS NOT NULL AS is_there", [table])).fetchone()
    return row is not None and bool(row.is_there)
