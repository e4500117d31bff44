"""Which master key a database is under, asked before anything is built on one of two."""

from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import InsufficientPrivilege

from infra.event_store.key_wrapping import KeystoreElsewhere, PasswordRefused, fingerprint_of
from infra.postgres.connecting import connected, refused_password
from infra.postgres.engines import KEYRING
from infra.postgres.role_logins import RoleLogins

_DIGEST = "SELECT digest FROM keystore.master_check"


async def key_in_use(logins: RoleLogins) -> str | None:
    """Return its fingerprint, as the keyring sees it. Raises WrongMasterKey."""
    try:
        async with await connected(**logins.parameters(KEYRING)) as connection:
            return await _read(connection)
    except OperationalError as error:
        if refused_password(error):
            raise PasswordRefused from None
        raise
    except InsufficientPrivilege:
        raise KeystoreElsewhere from None


async def key_in_use_for_administrators(url: str) -> str | None:
    """Return its fingerprint; None when the database was never migrated."""
    async with await AsyncConnection.connect(url) as connection:
        found = await (await connection.execute("SELECT to_regclass('keystore.master_check') IS NULL")).fetchone()
        if found is None or found[0]:
            return None
        await connection.execute("SET LOCAL ROLE colophon_owner")
        return await _read(connection)


async def _read(connection: AsyncConnection[Any]) -> str | None:
    row = await (await connection.execute(_DIGEST)).fetchone()
    return None if row is None else fingerprint_of(row[0])
