"""PostgreSQL's catalogue leaves no gap, and the check that says so finds every kind of gap."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine, text

from infra import postgres
from infra.postgres.migrate import alembic_config, head_revision
from infra.postgres.row_security import ACROSS_TENANTS, EXEMPT, UnprotectedTables
from tests.conftest import FreshDatabase
from tests.isolation.catalogue import findings
from tests.support.databases import temporary_database

TABLE = "CREATE TABLE read.diary (tenant_id uuid NOT NULL, page int, PRIMARY KEY (tenant_id, page))"
PROTECTED = (TABLE, "SELECT sec.protect('read.diary', 'colophon_app')", "GRANT SELECT ON read.diary TO colophon_app")
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

GAPS = {
    "a table without row security": (TABLE,),
    "a table without a tenant": ("CREATE TABLE read.diary (page int PRIMARY KEY)",),
    "a table in a schema that nobody thought of": ("CREATE SCHEMA notes", "CREATE TABLE notes.diary (page int)"),
    "a tenant that may be missing": (
        "CREATE TABLE read.diary (tenant_id uuid, page int)",
        "SELECT sec.protect('read.diary', 'colophon_app')",
    ),
    "row security that the owner passes by": (*PROTECTED, "ALTER TABLE read.diary NO FORCE ROW LEVEL SECURITY"),
    "a grant to a role that no policy restricts": (*PROTECTED, "GRANT SELECT ON read.diary TO colophon_writer"),
    "a grant on one column": (*PROTECTED, "GRANT SELECT (page) ON read.diary TO colophon_writer"),
    "a grant to everybody": (*PROTECTED, "GRANT SELECT ON read.diary TO PUBLIC"),
    "a right to truncate": (*PROTECTED, "GRANT TRUNCATE ON read.diary TO colophon_app"),
    "a policy for everybody": (*PROTECTED, "CREATE POLICY careless ON read.diary USING (true)"),
    "a policy for a role without a grant": (
        *PROTECTED,
        "CREATE POLICY careless ON read.diary TO colophon_sealer USING (true)",
    ),
    "another condition": (*PROTECTED, "ALTER POLICY only_own_tenant ON read.diary USING (true)"),
    "a key that tells of other tenants": (*PROTECTED, "ALTER TABLE read.diary ADD UNIQUE (page)"),
    "a reference to another tenant's row": (
        *PROTECTED,
        "ALTER TABLE read.diary ADD UNIQUE (page)",
        "ALTER TABLE read.diary ADD COLUMN before int REFERENCES read.diary (page)",
    ),
    "a partition with a grant": ("GRANT SELECT ON log.events_00 TO colophon_app",),
    "a role that works across tenants and may do more": ("GRANT SELECT ON read.suggestions TO colophon_resolver",),
    "a view with its owner's rights": ("CREATE VIEW read.everybody AS SELECT * FROM read.members",),
    "a materialised view": ("CREATE MATERIALIZED VIEW read.everybody AS SELECT 1",),
    "a definer function that nobody decided on": (
        f"CREATE FUNCTION sec.shortcut() RETURNS int LANGUAGE sql {DEFINER} AS 'SELECT 1'",
        "REVOKE ALL ON FUNCTION sec.shortcut FROM PUBLIC",
    ),
    "a definer function for one more role": ("GRANT EXECUTE ON FUNCTION sec.resolve_credential TO colophon_writer",),
    "a search path that is not pinned": ("ALTER FUNCTION sec.tenant() RESET search_path",),
    "a function for everybody": ("CREATE FUNCTION read.shortcut() RETURNS int LANGUAGE sql AS 'SELECT 1'",),
    "a function said to be leakproof": ("ALTER FUNCTION sec.tenant() LEAKPROOF",),
    "the signing key in sight": ("GRANT SELECT ON sec.context_keys TO colophon_app",),
    "a schema to create in": ("GRANT CREATE ON SCHEMA read TO colophon_app",),
    "a login that passes row security by": ("ALTER ROLE colophon_app BYPASSRLS",),
    "a login that owns something": ("ALTER TABLE read.tenants OWNER TO colophon_app",),
    "a role inside a role": ("GRANT colophon_projector TO colophon_app WITH INHERIT FALSE",),
    "rights by default": ("ALTER DEFAULT PRIVILEGES IN SCHEMA read GRANT SELECT ON TABLES TO colophon_app",),
}


@pytest.fixture(scope="module")
async def scratch(admin_url: str, migrated_template: str) -> AsyncIterator[str]:
    """A migrated database for what is undone at once."""
    async with temporary_database(admin_url, template=migrated_template) as url:
        yield url


def test_the_catalogue_has_no_gap(migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as connection:
        assert findings(connection) == []


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_is_found(scratch: str, gap: str) -> None:
    with psycopg.connect(scratch) as connection:
        for statement in GAPS[gap]:
            connection.execute(statement.encode())
        assert findings(connection) != []
        connection.rollback()


def test_every_exception_is_still_one(migrated_database: str) -> None:
    with psycopg.connect(migrated_database) as connection:
        for table in EXEMPT:
            assert connection.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,), table
        for role in ACROSS_TENANTS:
            assert connection.execute("SELECT to_regrole(%s)", [role]).fetchone() != (None,), role


FORGETFUL = """
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.execute("CREATE TABLE read.diary (tenant_id uuid NOT NULL, page int)")
"""


async def test_a_version_that_forgets_a_policy_is_not_applied(
    fresh_database: FreshDatabase, migrated_template: str, tmp_path: Path
) -> None:
    url = await fresh_database(template=migrated_template)
    (tmp_path / "9999_forgetful.py").write_text(FORGETFUL.format(head=head_revision()))
    config = alembic_config()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{Path(postgres.__path__[0]) / 'migrations' / 'versions'}\n{tmp_path}")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(UnprotectedTables, match=r"read\.diary does not force row security"):
            await asyncio.to_thread(command.upgrade, config, "head")
        connection.rollback()
        revision = connection.scalar(text("SELECT version_num FROM public.alembic_version"))
        assert (revision, connection.scalar(text("SELECT to_regclass('read.diary')"))) == (head_revision(), None)
    engine.dispose()
