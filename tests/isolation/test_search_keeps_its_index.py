"""Full-text search uses its GIN index for the application's role, and finds the asking tenant's passages alone."""

import psycopg

from tests.conftest import FreshDatabase
from tests.isolation.probe import MINE, THEIRS, connect, fill, signed

PASSAGES = 3000
INDEX_SCANS = "SELECT pg_stat_get_xact_numscans('read.knowledge_chunks_lexemes'::regclass)"
MANY = """
    INSERT INTO read.knowledge_chunks SELECT (jsonb_populate_record(c, jsonb_build_object(
      'chunk_id', gen_random_uuid(), 'lexemes', format('''tenant:%%s'' ''word%%s''', c.tenant_id, n)))).*
      FROM read.knowledge_chunks c, generate_series(1, %s) n"""


async def test_the_applications_search_scans_the_index(fresh_database: FreshDatabase, migrated_template: str) -> None:
    with connect(await fresh_database(template=migrated_template)) as connection:
        fill(connection)
        connection.execute(MANY, [PASSAGES])
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE read.knowledge_chunks")
        connection.autocommit = False
        found = {tenant: searched(connection, signed(tenant)) for tenant in (MINE, THEIRS)}
        scans = connection.execute(INDEX_SCANS).fetchone() or (0,)
        owners = dict(connection.execute("SELECT chunk_id, tenant_id FROM read.knowledge_chunks").fetchall())
    assert [len(ids) for ids in found.values()] == [1, 1]
    assert [{owners[id_] for id_ in ids} for ids in found.values()] == [{MINE}, {THEIRS}]
    assert scans[0] > 0


def searched(connection: psycopg.Connection[tuple[object, ...]], context: str) -> list[object]:
    connection.execute("SET LOCAL ROLE colophon_app")
    connection.execute("SELECT set_config('colophon.context', %s, true)", [context])
    rows = connection.execute("SELECT chunk_id FROM read.search_passages('{word7}', '{}', 10)").fetchall()
    connection.execute("RESET ROLE")
    return [id_ for (id_,) in rows]
