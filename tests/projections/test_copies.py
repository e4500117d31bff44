"""Every table of a projection that can be rebuilt exists beside itself, in the same form."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from projections.catalogue import CATCHING_UP
from projections.checkpoints import checkpoints
from projections.dead_letters import dead_letters
from projections.versions import FORMER, NEXT, READ

TABLES = {table.name: table for p in CATCHING_UP for table in p.tables} | {
    table.name: table for table in (checkpoints, dead_letters)
}

COLUMNS = """
    SELECT column_name, data_type, is_nullable, column_default, generation_expression FROM information_schema.columns
     WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"""
INDEXES = """
    SELECT i.indisunique, i.indisprimary, pg_get_expr(i.indpred, i.indrelid),
           ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, true) FROM generate_series(1, i.indnatts) n)
      FROM pg_index i WHERE i.indrelid = format('%%I.%%I', %s::text, %s::text)::regclass ORDER BY 1, 2, 3, 4"""


async def rows(connection: AsyncConnection[Any], query: str, schema: str, table: str) -> list[Any]:
    return await (await connection.execute(query.encode(), [schema, table])).fetchall()


@pytest.mark.parametrize("name", TABLES)
async def test_a_copy_has_the_columns_and_indexes_of_its_original(migrated_database: str, name: str) -> None:
    async with await AsyncConnection.connect(migrated_database) as connection:
        columns, indexes = [await rows(connection, query, READ, name) for query in (COLUMNS, INDEXES)]
        assert indexes
        # The switch moves the columns that the projector knows: there are no others.
        assert {column[0] for column in columns} == set(TABLES[name].c.keys())
        for schema in (NEXT, FORMER):
            assert await rows(connection, COLUMNS, schema, name) == columns
            assert await rows(connection, INDEXES, schema, name) == indexes


async def test_there_are_no_other_copies(migrated_database: str) -> None:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
    async with await AsyncConnection.connect(migrated_database) as connection:
        for schema in (NEXT, FORMER):
            found = await (await connection.execute(query, [schema])).fetchall()
            assert {row[0] for row in found} == set(TABLES)
