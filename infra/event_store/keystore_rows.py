"""The keystore's rows: data keys found, made and destroyed many at a time, each with the tenant key that wraps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from domain.sealed import KeyRef, KeyScope
from infra.event_store.key_wrapping import KeyWrapping, fingerprint_of
from infra.event_store.sealing import DataKey

FIRST_EPOCH = 1

_WITH_TENANT_KEY = (
    "SELECT d.scope, d.subject_id, d.key_id, d.wrapped, t.wrapped AS tenant_key "
    "FROM keystore.data_keys d JOIN keystore.tenant_keys t USING (tenant_id, epoch) WHERE d.tenant_id = :tenant "
)
_OF = text(
    _WITH_TENANT_KEY + "AND (d.scope, d.subject_id) IN "  # noqa: S608  # our own text
    "(SELECT * FROM unnest(CAST(:scopes AS text[]), CAST(:subjects AS uuid[])))"
)
_BY_ID = text(_WITH_TENANT_KEY + "AND d.key_id = ANY(:ids) AND d.wrapped IS NOT NULL")
_NEWEST_EPOCH = text(
    "SELECT epoch, wrapped FROM keystore.tenant_keys WHERE tenant_id = :tenant ORDER BY epoch DESC LIMIT 1"
)
_NEW_EPOCH = text(
    "INSERT INTO keystore.tenant_keys (tenant_id, epoch, wrapped, master_key) "
    "VALUES (:tenant, :epoch, :wrapped, :master_key) ON CONFLICT DO NOTHING"
)
_MASTER_DIGEST = text("SELECT digest FROM keystore.master_check")
# In one order, or two processes that make the same keys could wait for each other for ever.
_MAKE = text(
    "INSERT INTO keystore.data_keys (tenant_id, key_id, scope, subject_id, epoch, wrapped) "
    "SELECT :tenant, n.key_id, n.scope, n.subject_id, :epoch, n.wrapped FROM unnest(CAST(:ids AS uuid[]), "
    "CAST(:scopes AS text[]), CAST(:subjects AS uuid[]), CAST(:wrapped AS bytea[])) "
    "AS n(key_id, scope, subject_id, wrapped) ORDER BY n.scope, n.subject_id "
    "ON CONFLICT (tenant_id, scope, subject_id) DO NOTHING"
)
_DESTROY = text(
    "UPDATE keystore.data_keys SET wrapped = NULL, destroyed_at = now() "
    "WHERE tenant_id = :tenant AND scope = :scope AND subject_id = ANY(:subjects) AND wrapped IS NOT NULL"
)
_DESTROYED = text(
    "SELECT key_id FROM keystore.data_keys WHERE tenant_id = :tenant AND scope = :scope "
    "AND subject_id = ANY(:subjects) ORDER BY key_id"
)


@dataclass(frozen=True, slots=True)
class TenantKey:
    """A tenant's key of one epoch, wrapped."""

    epoch: int
    wrapped: bytes


async def find_or_make(
    connection: AsyncConnection, wrapping: KeyWrapping, tenant: UUID, refs: Sequence[KeyRef]
) -> dict[KeyRef, DataKey]:
    """Return the key of each, but for those that were destroyed."""
    found = await _find(connection, tenant, refs)
    if missing := [ref for ref in refs if ref not in found]:
        await _make(connection, wrapping, tenant, missing)
        # Another process may have made one first; the one that is stored is the one that counts.
        found |= await _find(connection, tenant, missing)
    return {ref: _opened(wrapping, row) for ref, row in found.items() if row.wrapped is not None}


async def by_id(
    connection: AsyncConnection, wrapping: KeyWrapping, tenant: UUID, ids: Sequence[UUID]
) -> dict[UUID, DataKey]:
    """Return those that still exist."""
    rows = (await connection.execute(_BY_ID, {"tenant": tenant, "ids": list(ids)})).all()
    return {row.key_id: _opened(wrapping, row) for row in rows}


async def destroy(
    connection: AsyncConnection, tenant: UUID, scope: KeyScope, subjects: Sequence[UUID]
) -> tuple[UUID, ...]:
    """Destroy the keys of these subjects; return the ids of all that were, now or before."""
    where = {"tenant": tenant, "scope": str(scope), "subjects": list(subjects)}
    await connection.execute(_DESTROY, where)
    return tuple(await connection.scalars(_DESTROYED, where))


async def newest_tenant_key(connection: AsyncConnection, wrapping: KeyWrapping, tenant: UUID) -> TenantKey:
    """Return the tenant key that wraps what is new, making the first one."""
    row = (await connection.execute(_NEWEST_EPOCH, {"tenant": tenant})).one_or_none()
    if row is None:
        await begin_epoch(connection, wrapping, tenant, FIRST_EPOCH)
        row = (await connection.execute(_NEWEST_EPOCH, {"tenant": tenant})).one()
    return TenantKey(row.epoch, bytes(row.wrapped))


async def begin_epoch(connection: AsyncConnection, wrapping: KeyWrapping, tenant: UUID, epoch: int) -> None:
    """Make the epoch's tenant key, unless it is there."""
    # Whichever key this process was started with: what is new is wrapped by the one that stays.
    current = fingerprint_of((await connection.execute(_MASTER_DIGEST)).scalar_one())
    key = {"tenant": tenant, "epoch": epoch, "wrapped": wrapping.new_tenant_key(current), "master_key": current}
    await connection.execute(_NEW_EPOCH, key)


async def _find(connection: AsyncConnection, tenant: UUID, refs: Sequence[KeyRef]) -> dict[KeyRef, Row[tuple[object]]]:
    scopes, subjects = [str(ref.scope) for ref in refs], [ref.id for ref in refs]
    rows = (await connection.execute(_OF, {"tenant": tenant, "scopes": scopes, "subjects": subjects})).all()
    return {KeyRef(KeyScope(row.scope), row.subject_id): row for row in rows}


async def _make(connection: AsyncConnection, wrapping: KeyWrapping, tenant: UUID, refs: Sequence[KeyRef]) -> None:
    newest = await newest_tenant_key(connection, wrapping, tenant)
    made = {
        "tenant": tenant,
        "epoch": newest.epoch,
        "ids": [uuid7() for _ in refs],
        "scopes": [str(ref.scope) for ref in refs],
        "subjects": [ref.id for ref in refs],
        "wrapped": [wrapping.new_data_key(newest.wrapped) for _ in refs],
    }
    await connection.execute(_MAKE, made)


def _opened(wrapping: KeyWrapping, row: Row[tuple[object]]) -> DataKey:
    return DataKey(row.key_id, wrapping.data_key(bytes(row.tenant_key), bytes(row.wrapped)))
