"""A new epoch of a tenant's key: its data keys are wrapped again in batches, then the former tenant key goes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import ForeignKeyViolation
from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.event_store.key_wrapping import FINGERPRINT_CHARACTERS, KeyWrapping
from infra.event_store.keystore_rows import begin_epoch, newest_tenant_key
from infra.postgres.engines import tenant_transaction
from tenancy.context import TenantContext
from tenancy.signing import ContextSigner

BATCH_KEYS_MAX = 200

_FORMER = text("SELECT EXISTS (SELECT FROM keystore.tenant_keys WHERE tenant_id = :tenant AND epoch < :epoch)")
_OF_FORMER_EPOCHS = text(
    "SELECT d.key_id, d.wrapped, t.wrapped AS tenant_key "
    "FROM keystore.data_keys d JOIN keystore.tenant_keys t USING (tenant_id, epoch) "
    "WHERE d.tenant_id = :tenant AND d.epoch < :epoch ORDER BY d.key_id LIMIT :keys FOR UPDATE OF d"
)
# A destroyed key stays destroyed; only its row moves on, so that the former tenant key can go.
_REWRAP = text(
    "UPDATE keystore.data_keys d SET epoch = :epoch, wrapped = n.wrapped "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:wrapped AS bytea[])) AS n(key_id, wrapped) "
    "WHERE d.tenant_id = :tenant AND d.key_id = n.key_id"
)
_END_FORMER = text("DELETE FROM keystore.tenant_keys WHERE tenant_id = :tenant AND epoch < :epoch")
_EPOCHS = text(
    "SELECT t.epoch, t.master_key, t.created_at, count(d.wrapped) AS data_keys, count(d.destroyed_at) AS destroyed "
    "FROM keystore.tenant_keys t LEFT JOIN keystore.data_keys d USING (tenant_id, epoch) "
    "WHERE t.tenant_id = :tenant GROUP BY t.epoch, t.master_key, t.created_at ORDER BY t.epoch"
)


_MASTER_KEYS = text(
    "SELECT m.fingerprint, m.fingerprint = left(encode(c.digest, 'hex'), :characters) AS in_use, "
    "count(t.tenant_id) AS tenants FROM keystore.master_keys m CROSS JOIN keystore.master_check c "
    "LEFT JOIN sec.tenants_of_master_keys() t ON t.master_key = m.fingerprint GROUP BY 1, 2, m.known_since "
    "ORDER BY m.known_since"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMasterKey:
    """One of the installation's master keys, by its fingerprint, and how many tenants have a key under it."""

    fingerprint: str
    in_use: bool
    """It wraps what is new."""
    tenants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One of a tenant's keys, and how much is wrapped by it."""

    epoch: int
    master_key: str
    """The fingerprint of the master key that wraps it."""
    created_at: datetime
    data_keys: int
    destroyed: int


class KeyRotation:
    """Each step is one short transaction: whoever is stopped between two goes on by beginning again."""

    def __init__(self, engine: AsyncEngine, signer: ContextSigner, wrapping: KeyWrapping) -> None:
        self._engine = engine
        self._signer = signer
        self._wrapping = wrapping

    async def begin(self, context: TenantContext) -> int:
        """Begin an epoch and return it; while an earlier one is not ended, return the one that is under way."""
        tenant = context.tenant_id
        async with tenant_transaction(self._engine, self._signer, context) as connection:
            newest = await newest_tenant_key(connection, self._wrapping, tenant)
            if await connection.scalar(_FORMER, {"tenant": tenant, "epoch": newest.epoch}):
                return newest.epoch
            await begin_epoch(connection, self._wrapping, tenant, newest.epoch + 1)
            return newest.epoch + 1

    async def finish(self, context: TenantContext, epoch: int) -> int:
        """Wrap by the epoch's key what former ones wrap, end those, and return how many data keys there were."""
        count = 0
        while True:
            while wrapped := await self.rewrap(context, epoch):
                count += wrapped
            if await self._end_former(context, epoch):
                return count

    async def rewrap(self, context: TenantContext, epoch: int, *, keys_max: int = BATCH_KEYS_MAX) -> int:
        """Wrap one batch again, in one transaction; return how many keys it had."""
        where = {"tenant": context.tenant_id, "epoch": epoch}
        async with tenant_transaction(self._engine, self._signer, context) as connection:
            after = await newest_tenant_key(connection, self._wrapping, context.tenant_id)
            rows = (await connection.execute(_OF_FORMER_EPOCHS, {**where, "keys": keys_max})).all()
            if rows:
                # Thrice 50 us a key, which the event loop does not have.
                wrapped = await asyncio.to_thread(self._rewrapped, rows, after.wrapped)
                again = {**where, "epoch": after.epoch, "ids": list(wrapped), "wrapped": list(wrapped.values())}
                await connection.execute(_REWRAP, again)
        return len(rows)

    async def epochs(self, context: TenantContext) -> Sequence[Epoch]:
        """Return the tenant's keys, the oldest first."""
        async with tenant_transaction(self._engine, self._signer, context) as connection:
            rows = await connection.execute(_EPOCHS, {"tenant": context.tenant_id})
            return [Epoch(**row._mapping) for row in rows]

    async def master_keys(self) -> Sequence[KnownMasterKey]:
        """Return those that open something: one, or two while one is exchanged for the other."""
        async with self._engine.begin() as connection:
            rows = await connection.execute(_MASTER_KEYS, {"characters": FINGERPRINT_CHARACTERS})
            return [KnownMasterKey(**row._mapping) for row in rows]

    async def _end_former(self, context: TenantContext, epoch: int) -> bool:
        try:
            async with tenant_transaction(self._engine, self._signer, context) as connection:
                await connection.execute(_END_FORMER, {"tenant": context.tenant_id, "epoch": epoch})
        except IntegrityError as error:
            # Somebody who had not seen the new epoch has just made a key under a former one.
            if isinstance(error.orig, ForeignKeyViolation):
                return False
            raise
        return True

    def _rewrapped(self, rows: Sequence[Row[Any]], after: bytes) -> Mapping[UUID, bytes | None]:
        return {
            row.key_id: None
            if row.wrapped is None
            else self._wrapping.rewrapped(bytes(row.wrapped), before=bytes(row.tenant_key), after=after)
            for row in rows
        }
