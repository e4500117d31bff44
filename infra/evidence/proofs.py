"""Checkpoints and proofs of one tenant's log, for its auditors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.evidence.merkle import Span, consistency_spans, hashes, inclusion_spans, range_spans
from domain.evidence.notes import origin_of, verifier_key
from infra.evidence.signing import SigningKeys
from infra.evidence.subtrees import subtree_hashes
from infra.postgres.engines import Databases
from projections.evidence import InclusionProof, NoCheckpointYet, NoSuchPlaceInLog, SignedCheckpoint
from tenancy.context import TenantContext

_NEWEST = text(
    "SELECT size, root, note, signed_at FROM log.checkpoints WHERE tenant_id = :tenant ORDER BY size DESC LIMIT 1"
)
_AT = text("SELECT size, root, note, signed_at FROM log.checkpoints WHERE tenant_id = :tenant AND size = :size")
_LEAF = text("SELECT leaf_hash FROM log.events WHERE tenant_id = :tenant AND position = :position")


@dataclass(frozen=True, slots=True)
class LogProofs:
    """Implements projections.evidence.Proofs: at most 128 rows of the database for each hash of a proof."""

    databases: Databases
    keys: SigningKeys

    async def checkpoint(self, context: TenantContext, size: int | None = None) -> SignedCheckpoint:
        query = _NEWEST if size is None else _AT
        where = {"tenant": context.tenant_id} if size is None else {"tenant": context.tenant_id, "size": size}
        async with self.databases.as_app(context) as connection:
            row = (await connection.execute(query, where)).one_or_none()
        if row is None:
            raise NoCheckpointYet
        origin = origin_of(context.tenant_id)
        signed_at: datetime = row.signed_at
        return SignedCheckpoint(
            origin=origin,
            size=row.size,
            root=bytes(row.root),
            note=row.note,
            signed_at=signed_at,
            public_key=verifier_key(origin, (await self.keys.newest()).public),
        )

    async def inclusion(self, context: TenantContext, position: int, size: int | None = None) -> InclusionProof:
        checkpoint = await self.checkpoint(context, size)
        if not 1 <= position <= checkpoint.size:
            raise NoSuchPlaceInLog(checkpoint.size)
        async with self.databases.as_app(context) as connection:
            leaf = await connection.scalar(_LEAF, {"tenant": context.tenant_id, "position": position})
            path = await _hashes(connection, context, inclusion_spans(position - 1, checkpoint.size))
        assert leaf is not None, "positions have no gaps"
        return InclusionProof(checkpoint=checkpoint, position=position, leaf_hash=bytes(leaf), path=tuple(path))

    async def consistency(self, context: TenantContext, old_size: int, size: int) -> tuple[bytes, ...]:
        newest = (await self.checkpoint(context)).size
        if not 1 <= old_size <= size <= newest:
            raise NoSuchPlaceInLog(newest)
        async with self.databases.as_app(context) as connection:
            return tuple(await _hashes(connection, context, consistency_spans(old_size, size)))

    async def of_range(self, context: TenantContext, first: int, end: int, size: int) -> tuple[bytes, ...]:
        """Return the proof for the leaves [first, end), counted from 0."""
        async with self.databases.as_app(context) as connection:
            return tuple(await _hashes(connection, context, range_spans(first, end, size)))


async def _hashes(connection: AsyncConnection, context: TenantContext, spans: list[Span]) -> list[bytes]:
    return hashes(spans, await subtree_hashes(connection, context.tenant_id, spans))
