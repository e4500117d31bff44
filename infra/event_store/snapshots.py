"""Body snapshots in PostgreSQL, sealed under the document's key like its edits."""

import asyncio

from sqlalchemy import text

from commands.body_states import BodyState
from domain.ids import DocumentId, StreamId, edits_stream
from domain.sealed import KeyRef, KeyScope
from infra.event_store.keyring import Keyring
from infra.event_store.log import LAST_POSITION
from infra.event_store.sealing import SealedSegment, SegmentAddress, seal, unseal
from infra.postgres.engines import Databases
from tenancy.context import TenantContext

CODE_VERSION = 1
"""Bump it when a body is merged differently: older snapshots are then ignored."""

_COMMITMENT_BYTES = 32

_NEAREST = text(
    "SELECT stream_version, position, key_id, ciphertext FROM log.snapshots "
    "WHERE tenant_id = :tenant AND stream_id = :stream AND code_version = :code AND position <= :until "
    "ORDER BY stream_version DESC LIMIT 1"
)
_KEEP = text(
    "INSERT INTO log.snapshots (tenant_id, stream_id, stream_version, position, code_version, key_id, ciphertext) "
    "VALUES (:tenant, :stream, :version, :position, :code, :key_id, :ciphertext) ON CONFLICT DO NOTHING"
)


class PostgresSnapshots:
    """Implements commands.body_states.Snapshots."""

    def __init__(self, databases: Databases, keyring: Keyring) -> None:
        self._databases = databases
        self._keyring = keyring

    async def nearest(
        self, document_id: DocumentId, context: TenantContext, *, until_position: int | None = None
    ) -> BodyState | None:
        stream_id = edits_stream(document_id)
        where = {
            "tenant": context.tenant_id,
            "stream": stream_id,
            "code": CODE_VERSION,
            "until": LAST_POSITION if until_position is None else until_position,
        }
        async with self._databases.as_app(context) as connection:
            row = (await connection.execute(_NEAREST, where)).one_or_none()
        if row is None:
            return None
        key = (await self._keyring.keys_by_id(context, [row.key_id])).get(row.key_id)
        if key is None:
            return None
        packed = bytes(row.ciphertext)
        segment = SealedSegment("snapshot", row.key_id, packed[:_COMMITMENT_BYTES], packed[_COMMITMENT_BYTES:])
        state = await asyncio.to_thread(unseal, _address(context, stream_id), segment, key)
        return BodyState(state=state, version=row.stream_version, position=row.position)

    async def keep(self, document_id: DocumentId, body: BodyState, context: TenantContext) -> None:
        stream_id = edits_stream(document_id)
        ref = KeyRef(KeyScope.DOCUMENT, document_id)
        key = (await self._keyring.keys_for(context, [ref]))[ref]
        segment = await asyncio.to_thread(seal, _address(context, stream_id), body.state, key)
        row = {
            "tenant": context.tenant_id,
            "stream": stream_id,
            "version": body.version,
            "position": body.position,
            "code": CODE_VERSION,
            "key_id": key.key_id,
            "ciphertext": segment.commitment + segment.ciphertext,
        }
        async with self._databases.as_app(context) as connection:
            await connection.execute(_KEEP, row)


def _address(context: TenantContext, stream_id: StreamId) -> SegmentAddress:
    return SegmentAddress(context.tenant_id, stream_id, "snapshot")
