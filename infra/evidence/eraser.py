"""Carries out an erasure: keys, ciphertext (archived, too), snapshots, bundles; every step can be repeated."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import structlog
from sqlalchemy import text

from commands.event_log import CommandContext, EventLog
from commands.evidence.finish_erasure import FinishErasure
from commands.execute import Executor
from domain.evidence.events import DocumentErased, ErasureScope, SubjectErased
from domain.ids import DocumentId, TenantId
from infra import clock
from infra.event_store.archive_rows import COUNT_SEALED_UNDER, DELETE_SEALED_UNDER
from infra.event_store.archiver import Archiver
from infra.event_store.keyring import Keyring
from infra.evidence.belongings import Belongings, belongings
from infra.evidence.derived_stores import DerivedStores
from infra.evidence.work import as_system
from infra.postgres.engines import Databases, tenant_transaction
from projections.erasures import ErasureCard, ErasureState, erasure_card
from tenancy.context import TenantContext, tenant_scope

POSITIONS_PER_STEP = 5_000

log = structlog.get_logger()

_SNAPSHOTS = text("DELETE FROM log.snapshots WHERE tenant_id = :tenant AND key_id = ANY(:keys)")


class Eraser:
    """Finishes what `erasure.requested` began."""

    def __init__(
        self,
        databases: Databases,
        log: EventLog,
        keyring: Keyring,
        archiver: Archiver,
        executor: Executor,
        stores: DerivedStores,
    ) -> None:
        self._databases = databases
        self._log = log
        self._keyring = keyring
        self._archiver = archiver
        self._executor = executor
        self._stores = stores

    async def finish(self, tenant_id: TenantId, target_id: UUID) -> None:
        """Raises LogUnavailable when something is not ready yet; the next try goes on."""
        context = as_system(tenant_id)
        with tenant_scope(context):
            async with self._databases.as_app(context) as connection:
                card = await erasure_card(connection, tenant_id, target_id)
            if card is None or card.state is ErasureState.DONE:
                return
            erased = await self._erase(context, card)
            command_context = CommandContext(tenant=context, command_id=uuid4(), now=clock.now())
            await self._executor.execute(FinishErasure(erased=erased), command_context)
        log.info("evidence.erased", scope=str(card.scope), payloads=erased.payloads_deleted, keys=len(erased.key_ids))

    async def _erase(self, context: TenantContext, card: ErasureCard) -> DocumentErased | SubjectErased:
        belonging = await belongings(self._databases, context, card)
        key_ids = await self._destroy_keys(context, belonging)
        payloads = await self._delete_payloads(context, key_ids)
        # After PostgreSQL's: what was archived before that is found now, and nothing later can hold any of it.
        await self._archiver.forget(context, key_ids)
        async with tenant_transaction(self._databases.projector, self._databases.signer, context) as connection:
            await connection.execute(_SNAPSHOTS, {"tenant": context.tenant_id, "keys": list(key_ids)})
        await self._stores.forget(context, card, belonging)
        if card.scope is ErasureScope.SUBJECT:
            return SubjectErased(
                subject_id=card.target_id, key_ids=key_ids, payloads_deleted=payloads, reason=card.reason
            )
        document_id = DocumentId(card.target_id)
        return DocumentErased(document_id=document_id, key_ids=key_ids, payloads_deleted=payloads, reason=card.reason)

    async def _destroy_keys(self, context: TenantContext, belonging: Belongings) -> tuple[UUID, ...]:
        destroyed = [await self._keyring.destroy(context, scope, ids) for scope, ids in belonging.keys]
        return tuple(key_id for key_ids in destroyed for key_id in key_ids)

    async def _delete_payloads(self, context: TenantContext, key_ids: Sequence[UUID]) -> int:
        """Delete every segment under the keys; return how many there ever were, also those of a try before this."""
        deleted = 0
        for after in range(0, await self._log.head(context), POSITIONS_PER_STEP):
            where = {"tenant": context.tenant_id, "after": after, "until": after + POSITIONS_PER_STEP}
            async with tenant_transaction(self._databases.eraser, self._databases.signer, context) as connection:
                deleted += (await connection.execute(COUNT_SEALED_UNDER, {**where, "keys": list(key_ids)})).scalar_one()
                await connection.execute(DELETE_SEALED_UNDER, {**where, "keys": list(key_ids)})
        return deleted
