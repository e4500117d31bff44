"""Complete subtrees of 256, 65536, ... leaves: stored as the sealer passes, read when a proof is asked for."""

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.evidence.merkle import Subtree, frontier_of, root_of, subtrees
from domain.ids import TenantId

LEVEL_STEP = 8
WIDTH = 1 << LEVEL_STEP

_STORED = text(
    "SELECT index, hash FROM log.subtrees WHERE tenant_id = :tenant AND level = :level "
    "AND index >= :first AND index < :end ORDER BY index"
)
_LEAVES = text(
    "SELECT position - 1 AS index, leaf_hash AS hash FROM log.events WHERE tenant_id = :tenant "
    "AND position > :first AND position <= :end ORDER BY position"
)
_KEEP = text(
    "INSERT INTO log.subtrees (tenant_id, level, index, hash) VALUES (:tenant, :level, :index, :hash) "
    "ON CONFLICT DO NOTHING"
)


async def stored_row(
    connection: AsyncConnection, tenant_id: TenantId, level: int, *, first: int, end: int
) -> list[bytes]:
    """Return the hashes [first, end) of one stored level; level 0 are the leaves themselves."""
    query = _STORED if level else _LEAVES
    where = {"tenant": tenant_id, "first": first, "end": end}
    rows = await connection.execute(query, {**where, "level": level} if level else where)
    return [bytes(row.hash) for row in rows]


class SubtreeBuilder:
    """Takes leaves in order and stores every subtree that they complete; holds at most 255 hashes of each level."""

    def __init__(self, tenant_id: TenantId, size: int) -> None:
        self._tenant_id = tenant_id
        self._size = size
        self._open: list[list[bytes]] = [[]]

    async def resume(self, connection: AsyncConnection) -> None:
        """Fetch what is begun and not complete."""
        self._open = []
        level, count = 0, self._size
        while True:
            first = count - count % WIDTH
            self._open.append(await stored_row(connection, self._tenant_id, level, first=first, end=count))
            level, count = level + LEVEL_STEP, count // WIDTH
            if not count:
                return

    async def take(self, connection: AsyncConnection, leaves: Sequence[bytes]) -> None:
        rows: list[dict[str, object]] = []
        for leaf in leaves:
            self._size += 1
            self._add(0, leaf, rows)
        if rows:
            await connection.execute(_KEEP, rows)

    def _add(self, depth: int, node: bytes, rows: list[dict[str, object]]) -> None:
        if depth == len(self._open):
            self._open.append([])
        self._open[depth].append(node)
        if len(self._open[depth]) == WIDTH:
            whole = root_of(frontier_of(self._open[depth]))
            self._open[depth] = []
            level = (depth + 1) * LEVEL_STEP
            index = (self._size >> level) - 1
            rows.append({"tenant": self._tenant_id, "level": level, "index": index, "hash": whole})
            self._add(depth + 1, whole, rows)


async def subtree_hashes(
    connection: AsyncConnection, tenant_id: TenantId, spans: Iterable[tuple[int, int]]
) -> dict[Subtree, bytes]:
    """
    Return the hash of each complete subtree that the nodes of a proof consist of.

    One query for each: it reads at most 128 hashes of the stored level below. A proof in a log of a million events has
    at most 40 subtrees.
    """
    wanted = {subtree for span in spans for subtree in subtrees(span)}
    return {subtree: await _hash_of(connection, tenant_id, *subtree) for subtree in sorted(wanted)}


async def _hash_of(connection: AsyncConnection, tenant_id: TenantId, level: int, index: int) -> bytes:
    stored = level - level % LEVEL_STEP
    width = level - stored
    first, end = index << width, index + 1 << width
    return root_of(frontier_of(await stored_row(connection, tenant_id, stored, first=first, end=end)))
