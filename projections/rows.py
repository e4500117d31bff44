"""Rows of a read model written in one statement, however many they are: a round trip a row is what takes long."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Table, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection


async def put(
    transaction: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    changes: tuple[str, ...] | None = None,
) -> None:
    """Insert rows, each key once; of those that are there change these columns, or all that are no key."""
    if rows:
        columns = {name: [row.get(name) for row in rows] for name in (c.name for c in table.c)}
        await transaction.execute(_statement(table, changes), columns)


@cache
def _statement(table: Table, changes: tuple[str, ...] | None) -> Insert:
    """One text for any number of rows: the driver prepares it once."""
    arrays = [bindparam(c.name, type_=ARRAY(c.type)) for c in table.c]
    columns = [column(c.name, c.type) for c in table.c]
    given = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
    statement = insert(table).from_select([c.name for c in table.c], select(*given.c))
    if changes is None:
        changes = tuple(c.name for c in table.c if not c.primary_key)
    changed = {name: statement.excluded[name] for name in changes}
    keys = [c.name for c in table.primary_key]
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
