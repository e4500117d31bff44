"""Bring a database to the newest schema: roles, Alembic, the context-signing key."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, Row, create_engine, text

from infra.event_store.key_wrapping import (
    KEY_BYTES,
    LASTING,
    REMEMBER_MASTER_KEY,
    KeyWrapping,
    WrongMasterKey,
    derived,
    fingerprint,
    master_key_digest,
    remembered,
)
from infra.postgres.role_logins import LOGIN_ROLES, RoleLogins
from infra.start_refused import StartRefused
from tenancy.signing import ContextSigner

_HERE = Path(__file__).parent
ONE_AT_A_TIME = 0x636F6C6F  # an advisory lock number of ours: "colo"


MAIN, KEYSTORE = "versions", "keystore_versions"
"""The two chains of migrations: of the main database, and of a keystore that has one of its own."""

_WHICH = text("SELECT system_identifier, current_database() FROM pg_catalog.pg_control_system()")
_LASTING_SECRET = text(
    "INSERT INTO keystore.lasting_secrets (purpose, wrapped, master_key) VALUES (:purpose, :wrapped, :master_key) "
    "ON CONFLICT DO NOTHING"
)
_SIZE = text("SELECT pg_catalog.pg_relation_size('keystore.tenant_keys')")
_ONLY_THE_KEYRING = """
DO $$ BEGIN
  EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM colophon_app, colophon_writer, colophon_projector, '
                 'colophon_eraser, colophon_sealer, colophon_archiver', current_database());
END $$
"""


class KeysLeftBehind(StartRefused):
    """The keys are in the main database still; beside an empty keystore all content would read as erased."""

    def __init__(self) -> None:
        super().__init__(
            "COLOPHON_KEYSTORE_URL leads to an empty keystore, and the main database holds keys. Move them first "
            "(docs/how-to/run-in-production.md), then migrate again."
        )


class SameDatabase(StartRefused):
    """A keystore apart is a database of its own."""

    def __init__(self) -> None:
        super().__init__("COLOPHON_KEYSTORE_URL leads to the main database: name another one, or leave it empty.")


def alembic_config(chain: str = MAIN) -> Config:
    """Return Alembic's configuration; it needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(_HERE / "migrations" / chain))
    return config


def head_revision(chain: str = MAIN) -> str:
    """Return the newest revision that this code knows."""
    head = ScriptDirectory.from_config(alembic_config(chain)).get_current_head()
    assert head is not None
    return head


async def migrate(admin_url: str, logins: RoleLogins, signer: ContextSigner, *, keystore_url: str | None = None) -> str:
    """Migrate as the databases' administrator and return the main one's revision; repeating it changes nothing."""
    return await asyncio.to_thread(_migrate, admin_url, logins, signer, keystore_url)


def _migrate(admin_url: str, logins: RoleLogins, signer: ContextSigner, keystore_url: str | None) -> str:
    with _alone_at(admin_url) as connection, ExitStack() as stack:
        existing = _require_the_same_key(connection, logins)
        if keystore_url is None:
            _ensure_roles(connection, logins)
            revision = _upgrade(connection, MAIN)
            _know_the_keys(connection, logins.master_key, signer)
            _make_lasting_secrets(connection, logins.master_key, existing=existing)
        else:
            keystore = stack.enter_context(_alone_at(keystore_url, but=connection.execute(_WHICH).one()))
            connection.commit()
            existing = _require_the_same_key(keystore, logins)
            _ensure_roles(connection, logins)
            _ensure_roles(keystore, logins)
            revision = _upgrade(connection, MAIN)
            _set_apart(connection, keystore)
            _know_the_keys(keystore, logins.master_key, signer)
            _make_lasting_secrets(keystore, logins.master_key, existing=existing)
            _know_the_keys(connection, logins.master_key, signer)
        return revision


def _set_apart(main: Connection, keystore: Connection) -> None:
    """Make the tables of the keystore. Raises KeysLeftBehind, before any process could use them."""
    with keystore.begin():
        keystore.exec_driver_sql(_ONLY_THE_KEYRING.replace("%", "%%"))
    _upgrade(keystore, KEYSTORE)
    with main.begin(), keystore.begin():
        if main.scalar(_SIZE) and not keystore.scalar(_SIZE):
            raise KeysLeftBehind
        # From here on a process that was not told of the keystore fails at its start; it would find every key gone.
        main.exec_driver_sql("REVOKE USAGE ON SCHEMA keystore FROM colophon_keyring")


@contextmanager
def _alone_at(admin_url: str, *, but: Row[Any] | None = None) -> Iterator[Connection]:
    engine = create_engine(admin_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            if but is not None and connection.execute(_WHICH).one() == but:
                raise SameDatabase
            # Two nodes that start at once must not both migrate.
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": ONE_AT_A_TIME})
            connection.commit()
            yield connection
    finally:
        engine.dispose()


def _require_the_same_key(connection: Connection, logins: RoleLogins) -> bool:
    """
    Tell whether the database knows the key already.

    Raises WrongMasterKey: another one's passwords and signatures would lock out everybody who has the right one.
    """
    with connection.begin():
        if connection.scalar(text("SELECT to_regclass('keystore.master_check')")) is None:
            return False
        connection.execute(text("SET LOCAL ROLE colophon_owner"))
        stored = connection.scalar(text("SELECT digest FROM keystore.master_check"))
    known = [master_key_digest(key) for key in (logins.master_key, logins.other_master_key) if key is not None]
    if stored is not None and bytes(stored) not in known:
        raise WrongMasterKey
    return stored is not None


def _ensure_roles(connection: Connection, logins: RoleLogins) -> None:
    with connection.begin():
        connection.exec_driver_sql((_HERE / "roles.sql").read_text().replace("%", "%%"))
        for role in LOGIN_ROLES:
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(logins.password(role))
            )
            connection.exec_driver_sql(statement.as_string(None).replace("%", "%%"))


def _upgrade(connection: Connection, chain: str) -> str:
    connection.exec_driver_sql("SET ROLE colophon_owner")
    connection.commit()
    config = alembic_config(chain)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
    with connection.begin():
        revision = MigrationContext.configure(connection).get_current_revision()
    assert revision is not None
    return revision


def _know_the_keys(connection: Connection, master_key: bytes, signer: ContextSigner) -> None:
    inner, outer = signer.pads()
    with connection.begin():
        connection.execute(
            text(
                "INSERT INTO sec.context_keys (key_id, inner_pad, outer_pad) VALUES (:id, :inner, :outer) "
                "ON CONFLICT (key_id) DO UPDATE SET inner_pad = :inner, outer_pad = :outer"
            ),
            {"id": signer.key_id, "inner": inner, "outer": outer},
        )
        # From the first migration on, not from the first start: another key must not get in between.
        connection.execute(REMEMBER_MASTER_KEY, remembered(master_key))


def _make_lasting_secrets(connection: Connection, master_key: bytes, *, existing: bool) -> None:
    """Make what outlives the master key; where content rests on what was derived from it, that is what it stays."""
    wrapping, current = KeyWrapping(master_key), fingerprint(master_key)
    with connection.begin():
        for purpose in LASTING:
            secret = derived(master_key, purpose) if existing else os.urandom(KEY_BYTES)
            wrapped = wrapping.wrap(current, secret)
            row = {"purpose": purpose, "wrapped": wrapped, "master_key": current}
            connection.execute(_LASTING_SECRET, row)
