"""The key hierarchy: master key -> tenant key per epoch -> random data key per document, subject and tenant."""

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from cachetools import TTLCache
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from domain.errors import NotFound
from domain.sealed import KeyRef, KeyScope
from infra.event_store.sealing import DataKey
from infra.postgres.engines import tenant_transaction
from tenancy.context import TenantContext
from tenancy.signing import ContextSigner

CACHED_KEYS_MAX = 50_000
CACHED_SECONDS = 60
KEY_BYTES = 32
_FIRST_EPOCH = 1

_TENANT_KEY = text("SELECT epoch, wrapped FROM keystore.tenant_keys WHERE tenant_id = :tenant ORDER BY epoch")
_NEW_TENANT_KEY = text(
    "INSERT INTO keystore.tenant_keys (tenant_id, epoch, wrapped) VALUES (:tenant, :epoch, :wrapped) "
    "ON CONFLICT DO NOTHING"
)
_KEY_OF = text(
    "SELECT key_id, epoch, wrapped FROM keystore.data_keys "
    "WHERE tenant_id = :tenant AND scope = :scope AND subject_id = :subject"
)
_NEW_KEY = text(
    "INSERT INTO keystore.data_keys (tenant_id, key_id, scope, subject_id, epoch, wrapped) "
    "VALUES (:tenant, :key_id, :scope, :subject, :epoch, :wrapped) "
    "ON CONFLICT (tenant_id, scope, subject_id) DO NOTHING"
)
_KEYS_BY_ID = text(
    "SELECT key_id, epoch, wrapped FROM keystore.data_keys "
    "WHERE tenant_id = :tenant AND key_id = ANY(:ids) AND wrapped IS NOT NULL"
)
_DESTROY = text(
    "UPDATE keystore.data_keys SET wrapped = NULL, destroyed_at = now() "
    "WHERE tenant_id = :tenant AND scope = :scope AND subject_id = ANY(:subjects) AND wrapped IS NOT NULL"
)
_DESTROYED = text(
    "SELECT key_id FROM keystore.data_keys WHERE tenant_id = :tenant AND scope = :scope "
    "AND subject_id = ANY(:subjects) ORDER BY key_id"
)
_TELL = text("SELECT pg_notify(:channel, '')")


KEYS_CHANNEL = "colophon_keys"
"""On it every process hears that keys were destroyed; one that heard nothing forgets them within CACHED_SECONDS."""


class ContentErased(NotFound):
    """What this belongs to was erased; nothing more can be written under its key."""

    code: ClassVar = "content.erased"

    def __init__(self) -> None:
        super().__init__("What this belongs to was erased.")


class WrongMasterKey(Exception):
    """The master key does not open this keystore; starting with it would only write what nobody can read."""

    def __init__(self) -> None:
        super().__init__(
            "COLOPHON_MASTER_KEY is not the key that this database was set up with. "
            "Restore the right key; without it the content cannot be read."
        )


def master_key_digest(master_key: bytes) -> bytes:
    """Return what a database remembers of its master key: enough to tell another one, and to open nothing."""
    return hmac.new(_wrapping_key(master_key), b"master-check", hashlib.sha256).digest()


def _wrapping_key(master_key: bytes) -> bytes:
    return hmac.new(master_key, b"colophon/keystore/v1", hashlib.sha256).digest()


class Keyring:
    """Finds, makes and unwraps data keys; keeps them in memory for at most a minute."""

    def __init__(self, engine: AsyncEngine, signer: ContextSigner, master_key: bytes) -> None:
        self._engine = engine
        self._signer = signer
        self._wrapping_key = _wrapping_key(master_key)
        self._master_key_digest = master_key_digest(master_key)
        self._by_ref: TTLCache[tuple[UUID, KeyRef], DataKey] = TTLCache(CACHED_KEYS_MAX, CACHED_SECONDS)
        self._by_id: TTLCache[tuple[UUID, UUID], DataKey] = TTLCache(CACHED_KEYS_MAX, CACHED_SECONDS)

    async def check_master_key(self) -> None:
        """Remember a digest of the master key on first use; raise WrongMasterKey when it is another one."""
        digest = self._master_key_digest
        async with self._engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO keystore.master_check (digest) VALUES (:digest) ON CONFLICT DO NOTHING"),
                {"digest": digest},
            )
            stored = (await connection.execute(text("SELECT digest FROM keystore.master_check"))).scalar_one()
        if not hmac.compare_digest(bytes(stored), digest):
            raise WrongMasterKey

    async def keys_for(self, context: TenantContext, refs: Iterable[KeyRef]) -> Mapping[KeyRef, DataKey]:
        """Return the key of each scope and id, making those that do not exist yet."""
        tenant = context.tenant_id
        wanted = set(refs)
        known = {ref: key for ref in wanted if (key := self._by_ref.get((tenant, ref))) is not None}
        if missing := wanted - known.keys():
            async with tenant_transaction(self._engine, self._signer, context) as connection:
                for ref in missing:
                    known[ref] = await self._find_or_make(connection, tenant, ref)
            # Only what is committed may be used again: a key that was rolled back would seal unreadable content.
            for ref in missing:
                self._remember(tenant, known[ref])
                self._by_ref[tenant, ref] = known[ref]
        return known

    async def keys_by_id(self, context: TenantContext, ids: Iterable[UUID]) -> Mapping[UUID, DataKey]:
        """Return the keys that still exist; one that is missing was destroyed."""
        tenant = context.tenant_id
        wanted = set(ids)
        known = {key_id: key for key_id in wanted if (key := self._by_id.get((tenant, key_id))) is not None}
        if missing := wanted - known.keys():
            async with tenant_transaction(self._engine, self._signer, context) as connection:
                rows = (await connection.execute(_KEYS_BY_ID, {"tenant": tenant, "ids": list(missing)})).all()
                tenant_keys = await self._tenant_keys(connection, tenant) if rows else {}
            for row in rows:
                key = DataKey(row.key_id, aes_key_unwrap(tenant_keys[row.epoch], bytes(row.wrapped)))
                self._remember(tenant, key)
                known[key.key_id] = key
        return known

    async def destroy(self, context: TenantContext, scope: KeyScope, subjects: Sequence[UUID]) -> tuple[UUID, ...]:
        """Destroy the keys of these subjects for good, in every process; return their ids, now and ever after."""
        where = {"tenant": context.tenant_id, "scope": str(scope), "subjects": list(subjects)}
        async with tenant_transaction(self._engine, self._signer, context) as connection:
            await connection.execute(_DESTROY, where)
            destroyed = tuple(await connection.scalars(_DESTROYED, where))
            await connection.execute(_TELL, {"channel": KEYS_CHANNEL})
        self.forget_cached()
        return destroyed

    def forget_cached(self) -> None:
        """Drop every key from memory: after an erasure, a destroyed key must not go on opening things here."""
        self._by_ref.clear()
        self._by_id.clear()

    def _remember(self, tenant: UUID, key: DataKey) -> None:
        self._by_id[tenant, key.key_id] = key

    async def _find_or_make(self, connection: AsyncConnection, tenant: UUID, ref: KeyRef) -> DataKey:
        where = {"tenant": tenant, "scope": str(ref.scope), "subject": ref.id}
        row = (await connection.execute(_KEY_OF, where)).one_or_none()
        tenant_keys = await self._tenant_keys(connection, tenant)
        if row is None:
            epoch = max(tenant_keys)
            wrapped = aes_key_wrap(tenant_keys[epoch], os.urandom(KEY_BYTES))
            await connection.execute(_NEW_KEY, {**where, "key_id": uuid7(), "epoch": epoch, "wrapped": wrapped})
            # Another process may have made it first; the one that is stored is the one that counts.
            row = (await connection.execute(_KEY_OF, where)).one()
        if row.wrapped is None:
            raise ContentErased
        return DataKey(row.key_id, aes_key_unwrap(tenant_keys[row.epoch], bytes(row.wrapped)))

    async def _tenant_keys(self, connection: AsyncConnection, tenant: UUID) -> dict[int, bytes]:
        rows = (await connection.execute(_TENANT_KEY, {"tenant": tenant})).all()
        if not rows:
            wrapped = aes_key_wrap(self._wrapping_key, os.urandom(KEY_BYTES))
            await connection.execute(_NEW_TENANT_KEY, {"tenant": tenant, "epoch": _FIRST_EPOCH, "wrapped": wrapped})
            rows = (await connection.execute(_TENANT_KEY, {"tenant": tenant})).all()
        try:
            return {row.epoch: aes_key_unwrap(self._wrapping_key, bytes(row.wrapped)) for row in rows}
        except InvalidUnwrap:
            raise WrongMasterKey from None
