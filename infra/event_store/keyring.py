"""The key hierarchy: master key -> tenant key per epoch -> random data key per document, subject and tenant."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

import psycopg
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.event_log import LogUnavailable
from domain.errors import NotFound
from domain.sealed import KeyRef, KeyScope
from infra.event_store import keystore_rows
from infra.event_store.key_cache import KeyCache
from infra.event_store.key_questions import KeyQuestions
from infra.event_store.key_wrapping import (
    FormerKeyMissing,
    KeystoreElsewhere,
    KeyWrapping,
    PasswordRefused,
    WrongMasterKey,
    fingerprint_of,
)
from infra.event_store.sealing import DataKey
from infra.postgres.connecting import refused_password
from infra.postgres.engines import tenant_transaction
from tenancy.context import TenantContext
from tenancy.signing import ContextSigner

_ATTEMPTS = 3
_MASTER_CHECK = text("SELECT digest FROM keystore.master_check")
_MASTER_KEYS = text("SELECT fingerprint FROM keystore.master_keys ORDER BY known_since")
_LASTING_SECRETS = text("SELECT purpose, wrapped FROM keystore.lasting_secrets")
_TELL = text("SELECT pg_notify(:channel, '')")


KEYS_CHANNEL = "colophon_keys"
"""On it every process hears that keys were destroyed; one that heard nothing forgets them within CACHED_SECONDS."""


class ContentErased(NotFound):
    """What this belongs to was erased; nothing more can be written under its key."""

    code: ClassVar = "content.erased"

    def __init__(self) -> None:
        super().__init__("What this belongs to was erased.")


class MasterKeyExchanged(LogUnavailable):
    """The key that this process was started with opens nothing any more; one that was started anew goes on."""

    def __init__(self) -> None:
        super().__init__(
            "The master key of this installation was exchanged while this process ran: start it again with the new one."
        )


class Keyring:
    """Finds, makes and unwraps data keys; keeps them in memory for at most a minute."""

    def __init__(
        self,
        engine: AsyncEngine,
        signer: ContextSigner,
        master_key: bytes,
        timer: Callable[[], float] = time.monotonic,
        *,
        other_master_key: bytes | None = None,
        tell: AsyncEngine | None = None,
    ) -> None:
        self._engine = engine
        # Processes listen on the main database, wherever the keys are.
        self._tell = tell if tell is not None else engine
        self._signer = signer
        self.wrapping = KeyWrapping(master_key, timer, other_master_key=other_master_key)
        self._lasting_secrets: Mapping[str, bytes] = {}
        # By numbers: an UUID's own hash and comparison are Python calls.
        self._by_ref: KeyCache[tuple[int, int, KeyScope], DataKey] = KeyCache(timer=timer)
        self._by_id: KeyCache[tuple[int, int], DataKey] = KeyCache(timer=timer)
        self._refs_asked = KeyQuestions(self._find_or_make)
        self._ids_asked = KeyQuestions(self._find_by_id)
        self._forgotten = 0

    async def check_master_key(self) -> None:
        """Read what only the right master key opens. Raises WrongMasterKey, also when a former one is needed still."""
        try:
            await self._check()
        except OperationalError as error:
            if isinstance(error.orig, psycopg.OperationalError) and refused_password(error.orig):
                raise PasswordRefused from None
            raise
        except ProgrammingError as error:
            if isinstance(error.orig, InsufficientPrivilege):
                raise KeystoreElsewhere from None
            raise

    def lasting_secret(self, purpose: str) -> bytes:
        """Return a secret that stays when the master key is exchanged; known once the master key was checked."""
        return self._lasting_secrets[purpose]

    async def _check(self) -> None:
        async with self._engine.begin() as connection:
            current = fingerprint_of((await connection.execute(_MASTER_CHECK)).scalar_one())
            if current not in self.wrapping.known:
                raise WrongMasterKey
            for fingerprint in await connection.scalars(_MASTER_KEYS):
                if fingerprint not in self.wrapping.known:
                    raise FormerKeyMissing(fingerprint)
            secrets = (await connection.execute(_LASTING_SECRETS)).all()
        self._lasting_secrets = {row.purpose: self.wrapping.opened(bytes(row.wrapped)) for row in secrets}

    async def keys_for(self, context: TenantContext, refs: Iterable[KeyRef]) -> Mapping[KeyRef, DataKey]:
        """Return the key of each, making those that do not exist yet. Raises ContentErased, LogUnavailable."""
        tenant, cached = context.tenant_id.int, self._by_ref.get
        known: dict[KeyRef, DataKey] = {}
        missing = set()
        for ref in refs:
            key = cached((tenant, ref.id.int, ref.scope))
            if key is None:
                missing.add(ref)
            else:
                known[ref] = key
        if missing:
            made = await self._refs_asked.of(context, missing)
            if len(made) < len(missing):
                raise ContentErased
            known |= made
        return known

    async def keys_by_id(self, context: TenantContext, ids: Iterable[UUID]) -> Mapping[UUID, DataKey]:
        """Return the keys that still exist; one that is missing was destroyed."""
        tenant, cached = context.tenant_id.int, self._by_id.get
        known: dict[UUID, DataKey] = {}
        missing = set()
        for key_id in ids:
            key = cached((tenant, key_id.int))
            if key is None:
                missing.add(key_id)
            else:
                known[key_id] = key
        if missing:
            known |= await self._ids_asked.of(context, missing)
        return known

    async def destroy(self, context: TenantContext, scope: KeyScope, subjects: Sequence[UUID]) -> tuple[UUID, ...]:
        """Destroy the keys of these subjects for good, in every process; return their ids, now and ever after."""
        async with tenant_transaction(self._engine, self._signer, context) as connection:
            destroyed = await keystore_rows.destroy(connection, context.tenant_id, scope, subjects)
        self.forget_cached()
        async with tenant_transaction(self._tell, self._signer, context) as connection:
            await connection.execute(_TELL, {"channel": KEYS_CHANNEL})
        return destroyed

    def forget_cached(self) -> None:
        """Drop every key from memory: after an erasure, a destroyed key must not go on opening things here."""
        self._forgotten += 1
        self._by_ref.clear()
        self._by_id.clear()
        self.wrapping.forget()
        self._refs_asked.forget()
        self._ids_asked.forget()

    async def _find_or_make(self, context: TenantContext, refs: Sequence[KeyRef]) -> Mapping[KeyRef, DataKey]:
        forgotten = self._forgotten
        found = await self._found_or_made(context, refs)
        # Only what is committed may be used again: a key that was rolled back would seal unreadable content.
        if forgotten == self._forgotten:
            tenant = context.tenant_id.int
            for ref, key in found.items():
                self._by_ref.put((tenant, ref.id.int, ref.scope), key)
                self._by_id.put((tenant, key.key_id.int), key)
        return found

    async def _found_or_made(self, context: TenantContext, refs: Sequence[KeyRef]) -> Mapping[KeyRef, DataKey]:
        for attempt in range(_ATTEMPTS):
            try:
                async with tenant_transaction(self._engine, self._signer, context) as connection:
                    return await keystore_rows.find_or_make(connection, self.wrapping, context.tenant_id, refs)
            except WrongMasterKey as error:
                raise MasterKeyExchanged from error
            except IntegrityError as error:
                # The epoch or the master key that was to wrap it has just ended; the next one is there by now.
                if not isinstance(error.orig, ForeignKeyViolation) or attempt == _ATTEMPTS - 1:
                    raise
            except (OperationalError, InterfaceError, NoConnectionFree) as error:
                raise LogUnavailable("The keystore does not answer.") from error
        raise AssertionError

    async def _find_by_id(self, context: TenantContext, ids: Sequence[UUID]) -> Mapping[UUID, DataKey]:
        forgotten = self._forgotten
        try:
            async with tenant_transaction(self._engine, self._signer, context) as connection:
                found = await keystore_rows.by_id(connection, self.wrapping, context.tenant_id, ids)
        except WrongMasterKey as error:
            raise MasterKeyExchanged from error
        except (OperationalError, InterfaceError, NoConnectionFree) as error:
            raise LogUnavailable("The keystore does not answer.") from error
        if forgotten == self._forgotten:
            for key in found.values():
                self._by_id.put((context.tenant_id.int, key.key_id.int), key)
        return found
