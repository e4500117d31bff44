"""Bring a database to the newest schema: roles, Alembic, the context-signing key."""

import asyncio
import hmac
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, create_engine, text

from infra.event_store.key_wrapping import REMEMBER_MASTER_KEY, WrongMasterKey, master_key_digest
from infra.postgres.role_logins import LOGIN_ROLES, RoleLogins
from tenancy.signing import ContextSigner

_HERE = Path(__file__).parent
_MIGRATIONS_ONE_AT_A_TIME = 0x636F6C6F  # an advisory lock number of ours: "colo"


def alembic_config() -> Config:
    """Return Alembic's configuration; it needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(_HERE / "migrations"))
    return config


def head_revision() -> str:
    """Return the newest revision that this code knows."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


async def migrate(admin_url: str, logins: RoleLogins, signer: ContextSigner) -> str:
    """Migrate as the database's administrator and return the revision; repeating it changes nothing."""
    return await asyncio.to_thread(_migrate, admin_url, logins, signer)


def _migrate(admin_url: str, logins: RoleLogins, signer: ContextSigner) -> str:
    engine = create_engine(admin_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            # Two nodes that start at once must not both migrate.
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _MIGRATIONS_ONE_AT_A_TIME})
            connection.commit()
            _require_the_same_key(connection, logins.master_key)
            _ensure_roles(connection, logins)
            return _upgrade(connection, logins.master_key, signer)
    finally:
        engine.dispose()


def _require_the_same_key(connection: Connection, master_key: bytes) -> None:
    """Raise WrongMasterKey: its passwords and signatures would lock out everybody who has the right one."""
    with connection.begin():
        if connection.scalar(text("SELECT to_regclass('keystore.master_check')")) is None:
            return
        connection.execute(text("SET LOCAL ROLE colophon_owner"))
        stored = connection.scalar(text("SELECT digest FROM keystore.master_check"))
    if stored is not None and not hmac.compare_digest(bytes(stored), master_key_digest(master_key)):
        raise WrongMasterKey


def _ensure_roles(connection: Connection, logins: RoleLogins) -> None:
    with connection.begin():
        connection.exec_driver_sql((_HERE / "roles.sql").read_text().replace("%", "%%"))
        for role in LOGIN_ROLES:
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(logins.password(role))
            )
            connection.exec_driver_sql(statement.as_string(None).replace("%", "%%"))


def _upgrade(connection: Connection, master_key: bytes, signer: ContextSigner) -> str:
    connection.exec_driver_sql("SET ROLE colophon_owner")
    connection.commit()
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
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
        connection.execute(REMEMBER_MASTER_KEY, {"digest": master_key_digest(master_key)})
        revision = MigrationContext.configure(connection).get_current_revision()
    assert revision is not None
    return revision
