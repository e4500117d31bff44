"""Body snapshots in PostgreSQL: a cache, sealed like the edits, thinned by policy, never trusted over the log."""

import asyncio
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commands.body_states import BodyState
from commands.event_log import LogUnavailable
from domain.ids import DocumentId, StreamId, edits_stream
from domain.sealed import KeyRef, KeyScope
from infra.event_store.keyring import ContentErased, Keyring
from infra.event_store.log import LAST_POSITION
from infra.event_store.sealing import SealedSegment, SegmentAddress, SegmentAltered, seal, unseal
from infra.postgres.engines import Databases
from tenancy.context import TenantContext
from tenancy.policies import Policies, Policy

CODE_VERSION = 2
"""Bump it when a body is merged or sealed differently: other snapshots are then ignored, and dropped."""

EVERY_EDITS, EVERY_BYTES = "snapshots.every_edits", "snapshots.every_bytes"
_STATE_SHARE = 8
"""Edits that weigh less than an eighth of the state take less time than the state itself."""
_KEEP_LAST, _KEEP_ONE_PER = "snapshots.keep_last", "snapshots.keep_one_per_edits"
_COMMITMENT_BYTES = 32

log = structlog.get_logger()

# What a snapshot says of itself counts only where the log says the same: that version, at that position.
_IN_THE_LOG = (
    "EXISTS (SELECT FROM log.events e WHERE e.tenant_id = s.tenant_id AND e.stream_id = s.stream_id "
    "AND e.stream_version = s.stream_version AND e.position = s.position)"
)
_NEAREST = text(
    "SELECT s.stream_version, s.position, s.key_id, s.ciphertext FROM log.snapshots s "  # noqa: S608  # our own text
    "WHERE s.tenant_id = :tenant AND s.stream_id = :stream AND s.code_version = :code AND s.position <= :until "
    f"AND {_IN_THE_LOG} ORDER BY s.stream_version DESC LIMIT 1"
)
_DROP = text(
    "DELETE FROM log.snapshots WHERE tenant_id = :tenant AND stream_id = :stream AND stream_version = :version "
    "AND ciphertext = :ciphertext"
)
_OF_STREAM = "tenant_id = :tenant AND stream_id = :stream"
_DROP_OTHERS = text(
    f"DELETE FROM log.snapshots s WHERE {_OF_STREAM} AND (code_version <> :code OR NOT {_IN_THE_LOG})"  # noqa: S608
)
_KEEP = text(
    "INSERT INTO log.snapshots (tenant_id, stream_id, stream_version, position, code_version, key_id, ciphertext) "  # noqa: S608
    "SELECT :tenant, :stream, :version, :position, :code, :key_id, :ciphertext WHERE NOT EXISTS ("
    f"SELECT FROM log.snapshots WHERE {_OF_STREAM} AND stream_version >= :version "
    "AND stream_version / CAST(:one_per AS bigint) = CAST(:version AS bigint) / :one_per) ON CONFLICT DO NOTHING"
)
_THIN = text(
    "DELETE FROM log.snapshots s USING (SELECT stream_version, "  # noqa: S608  # our own text
    "row_number() OVER (ORDER BY stream_version DESC) AS nth, row_number() OVER ("
    "PARTITION BY stream_version / CAST(:one_per AS bigint) ORDER BY stream_version DESC) AS nth_of_its_kind "
    f"FROM log.snapshots WHERE {_OF_STREAM}) ranked WHERE s.tenant_id = :tenant AND s.stream_id = :stream "
    "AND s.stream_version = ranked.stream_version AND ranked.nth > :last AND ranked.nth_of_its_kind > 1"
)


class PostgresSnapshots:
    """Implements commands.body_states.Snapshots."""

    def __init__(self, databases: Databases, keyring: Keyring, policies: Policies) -> None:
        self._databases = databases
        self._keyring = keyring
        self._policies = policies

    async def nearest(
        self, document_id: DocumentId, context: TenantContext, *, until_position: int | None = None
    ) -> BodyState | None:
        stream_id = edits_stream(document_id)
        until = LAST_POSITION if until_position is None else until_position
        where = {"tenant": context.tenant_id, "stream": stream_id, "code": CODE_VERSION, "until": until}
        while True:
            async with self._databases.as_app(context) as connection:
                row = (await connection.execute(_NEAREST, where)).one_or_none()
            if row is None:
                return None
            if (state := await self._opened(context, stream_id, row)) is not None:
                return BodyState(state=state, version=row.stream_version, position=row.position)
            log.warning("snapshot.dropped", document_id=str(document_id), version=row.stream_version)
            async with self._databases.as_app(context) as connection:
                damaged = {**where, "version": row.stream_version, "ciphertext": row.ciphertext}
                await connection.execute(_DROP, damaged)

    async def wants(self, body: BodyState, context: TenantContext, *, edits: int, edits_bytes: int) -> bool:
        try:
            policy = await self._policies.of(context)
        except (SQLAlchemyError, OSError, LogUnavailable):
            return False
        is_heavy = edits_bytes >= max(policy.whole(EVERY_BYTES), len(body.state) // _STATE_SHARE)
        return is_heavy or edits >= policy.whole(EVERY_EDITS)

    async def keep(self, document_id: DocumentId, body: BodyState, context: TenantContext) -> None:
        try:
            await self._keep(document_id, body, context, await self._policies.of(context))
        except (SQLAlchemyError, OSError, LogUnavailable) as error:
            # Whoever reads the body has it; that the next one waits longer is not this one's fault.
            log.warning("snapshot.not_kept", document_id=str(document_id), error=type(error).__name__)
        except ContentErased:
            return

    async def _keep(self, document_id: DocumentId, body: BodyState, context: TenantContext, policy: Policy) -> None:
        stream_id, ref = edits_stream(document_id), KeyRef(KeyScope.DOCUMENT, document_id)
        key = (await self._keyring.keys_for(context, [ref]))[ref]
        address = _address(context, stream_id, body.version, body.position)
        segment = await asyncio.to_thread(seal, address, body.state, key)
        row = {
            "tenant": context.tenant_id,
            "stream": stream_id,
            "version": body.version,
            "position": body.position,
            "code": CODE_VERSION,
            "key_id": key.key_id,
            "ciphertext": segment.commitment + segment.ciphertext,
            "one_per": policy.whole(_KEEP_ONE_PER),
            "last": policy.whole(_KEEP_LAST),
        }
        async with self._databases.as_app(context) as connection:
            for statement in (_DROP_OTHERS, _KEEP, _THIN):
                await connection.execute(statement, row)

    async def _opened(self, context: TenantContext, stream_id: StreamId, row: Any) -> bytes | None:
        """Return the state; None when the row is not what was kept there, or its key is gone."""
        key = (await self._keyring.keys_by_id(context, [row.key_id])).get(row.key_id)
        if key is None:
            return None
        packed = bytes(row.ciphertext)
        segment = SealedSegment("snapshot", row.key_id, packed[:_COMMITMENT_BYTES], packed[_COMMITMENT_BYTES:])
        try:
            return await asyncio.to_thread(
                unseal, _address(context, stream_id, row.stream_version, row.position), segment, key
            )
        except (SegmentAltered, ValueError):
            return None


def _address(context: TenantContext, stream_id: StreamId, version: int, position: int) -> SegmentAddress:
    """Return what the state is bound to: moved to another place, it does not open."""
    return SegmentAddress(context.tenant_id, stream_id, f"snapshot/{version}/{position}")
