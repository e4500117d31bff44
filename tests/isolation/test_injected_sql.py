"""A query that somebody puts together carelessly brings out no other tenant's row, whatever is typed into it."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from app.foundation import context_signer
from tests.isolation.hostile import found_in, logged_in, told
from tests.support.world import MASTER_KEY, Tenant

ALL = "SELECT tenant_id, name, email FROM read.members"
PAYLOADS = (
    "' OR '1'='1",
    "' OR true --",
    "x' OR tenant_id = '{theirs}' --",
    "' UNION SELECT tenant_id, name, email FROM read.members --",
    "' UNION SELECT tenant_id, slug, name FROM read.tenants --",
    "' UNION SELECT tenant_id, label, key_id::text FROM read.api_keys --",
    "' UNION SELECT tenant_id, name, segments::text || metadata::text FROM log.events --",
    "' UNION SELECT tenant_id, segment, encode(ciphertext, 'hex') FROM log.event_payloads --",
    "' UNION SELECT tenant_id, tableoid::regclass::text, ctid::text FROM read.members WHERE ctid > '(0,0)' --",
    "' UNION SELECT NULL, attname, most_common_vals::text FROM pg_stats --",
    "' UNION SELECT NULL, usename, query FROM pg_stat_activity --",
    "' UNION SELECT NULL, relname, stavalues1::text FROM pg_statistic, pg_class --",
    "' UNION SELECT NULL, NULL, query_to_xml('{all}', true, true, '')::text --",
    "' UNION SELECT NULL, NULL, schema_to_xml('read', true, true, '')::text --",
    "' UNION SELECT NULL, NULL, table_to_xml('log.heads', true, true, '')::text --",
    "' UNION SELECT NULL, NULL, pg_read_file('PG_VERSION') --",
    "' UNION SELECT NULL, slug, name FROM sec.list_tenants() --",
    "' UNION SELECT tenant_id, kind, role FROM sec.resolve_credential('\\x00') --",
    "' UNION SELECT tenant_id, key_id, NULL FROM keystore.data_keys --",
    "' AND 1 = (SELECT email::int FROM read.members WHERE tenant_id = '{theirs}') --",
    "' OR 1 = (SELECT max(email)::int FROM read.members WHERE email LIKE '%globex%') --",
    "' OR 1 / (SELECT count(*) FROM read.members WHERE tenant_id = '{theirs}') = 1 --",
    "'; {all} --",
    "'; SET LOCAL ROLE colophon_owner; {all} --",
    "'; SET LOCAL ROLE colophon_projector; {all} --",
    "'; RESET ROLE; {all} --",
    "'; RESET SESSION AUTHORIZATION; {all} --",
    "'; SET SESSION AUTHORIZATION colophon_resolver; {all} --",
    "'; SET row_security = off; {all} --",
    "'; RESET ALL; {all} --",
    "'; COMMIT; BEGIN; {all} --",
    "'; ROLLBACK; SET colophon.context = '{theirs}'; {all} --",
    "'; SELECT set_config('colophon.context', '', false); {all} --",
    "'; SELECT set_config('colophon.context', 'v1|{theirs}|system|9999999999|"
    + context_signer(MASTER_KEY).key_id
    + "|00', true); {all} --",
    """'; SELECT set_config('colophon.context', replace(current_setting('colophon.context'), '{mine}', '{theirs}'),
          true); {all} --""",
    """'; SET search_path = pg_temp, read; CREATE FUNCTION pg_temp.tenant() RETURNS uuid LANGUAGE sql AS
          'SELECT ''{theirs}''::uuid'; {all} --""",
    "'; UPDATE read.members SET name = name RETURNING * --",
    "'; DELETE FROM log.snapshots RETURNING * --",
    "'; DELETE FROM log.idempotency RETURNING * --",
    "'; DECLARE c CURSOR FOR {all}; FETCH ALL FROM c --",
    "'; PREPARE p AS {all}; EXECUTE p --",
    "'; EXPLAIN (ANALYZE, VERBOSE) {all} WHERE email LIKE '%globex%' --",
    "'; CREATE TEMP TABLE kept AS {all}; SELECT * FROM kept --",
    "'; CREATE TEMP VIEW kept AS {all}; SELECT * FROM kept --",
    "'; DO $$BEGIN RAISE EXCEPTION '%', (SELECT string_agg(email, ',') FROM read.members); END$$ --",
    "'; DO $$BEGIN EXECUTE 'SET LOCAL ROLE colophon_searcher'; END$$; SELECT * FROM read.knowledge_chunks --",
    "'; SELECT read.search_passages('{{globex}}', '{{}}', 100) --",
    "'; SELECT log.envelope(e) FROM log.events e --",
)


def payload_of(template: str, mine: Tenant, theirs: Tenant) -> str:
    return template.format(mine=mine.tenant_id, theirs=theirs.tenant_id, all=ALL)


async def find_by_name(connection: AsyncConnection[Any], name: str) -> str:
    """As nobody may write it: what a visitor typed becomes part of the query."""
    return await told(connection, f"{ALL} WHERE name = '{name}'")


async def test_the_careless_query_is_open_to_injection(migrated_database: str, acme: Tenant) -> None:
    async with logged_in(migrated_database, acme) as connection:
        rows = [await find_by_name(connection, f"nobody{payload}") for payload in ("", "' OR '1'='1", f"'; {ALL} --")]
    assert [len(found.splitlines()) for found in rows] == [0, len(acme.people), len(acme.people)]


@pytest.mark.parametrize("role", ["colophon_app", "colophon_projector"])
async def test_no_payload_brings_out_another_tenants_row(
    migrated_database: str, acme: Tenant, globex: Tenant, role: str
) -> None:
    heard = {}
    for template in PAYLOADS:
        async with logged_in(migrated_database, acme, role) as connection:
            heard[template] = await find_by_name(connection, payload_of(template, acme, globex))
    # Names of tenants are what the projector's role may list, for the operator.
    listing = {template for template in PAYLOADS if "list_tenants" in template and role == "colophon_projector"}
    assert {template: found_in(text, globex) for template, text in heard.items() if found_in(text, globex)} == {
        template: {globex.slug} for template in listing
    }
    assert any(found_in(text, acme) for text in heard.values())
