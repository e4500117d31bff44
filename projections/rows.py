"""Rows of a read model, read and written in one statement however many: a round trip a row is what takes long."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Select, Table, Text, Uuid, any_, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSON, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

_JSON: Final = msgspec.json.Encoder()


async def put(
    transaction: AsyncConnection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    changes: tuple[str, ...] | None = None,
) -> None:
    """
    Insert rows, each key once; of those that are there change these columns, or all that are no key.

    They travel as JSON, which takes a fifth of the time that arrays of texts and times take: no column may be bytea.
    """
    if rows:
        await transaction.execute(_statement(table, changes), {"rows": _JSON.encode(rows).decode()})


async def rows_of_documents(
    transaction: AsyncConnection, table: Table, tenant_id: UUID, document_ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return the row of each document that has one, in a table of one row a document."""
    found = await transaction.execute(_of_documents(table), {"tenant": tenant_id, "ids": list(document_ids)})
    return {row["document_id"]: dict(row) for row in found.mappings()}


@cache
def _of_documents(table: Table) -> Select[Any]:
    ids = bindparam("ids", type_=ARRAY(Uuid))
    return select(table).where(table.c.tenant_id == bindparam("tenant"), table.c.document_id == any_(ids))


@cache
def _statement(table: Table, changes: tuple[str, ...] | None) -> Insert:
    """One text for any number of rows: the driver prepares it once."""
    columns = [column(c.name, c.type) for c in table.c]
    recordset = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
    given = recordset.table_valued(*columns).render_derived(with_types=True)
    statement = insert(table).from_select([c.name for c in table.c], select(*given.c))
    if changes is None:
        changes = tuple(c.name for c in table.c if not c.primary_key)
    changed = {name: statement.excluded[name] for name in changes}
    keys = [c.name for c in table.primary_key]
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
