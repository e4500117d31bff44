"""What is compared of the cache for questions in other words, read from the ledger's own read model."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cachetools import TTLCache

from api.semantic_cache import COMPARED_WITHIN, compared_of
from gateway.likeness.rate import Compared
from infra import clock
from infra.postgres.shared_reads import SharedReads
from projections import like_questions
from projections.like_questions import Counted
from projections.projector import ReadTransactions
from tenancy.context import TenantContext

AGE_SECONDS_MAX: Final = 10.0
TENANTS_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class LedgerCompared:
    """Implements gateway.likeness.alike.ComparedBefore; another process's comparisons count within seconds."""

    reads: ReadTransactions
    _known: TTLCache[Hashable, Sequence[Counted]] = field(
        default_factory=lambda: TTLCache(TENANTS_MAX, AGE_SECONDS_MAX)
    )
    _shared: SharedReads[Hashable, Sequence[Counted]] = field(default_factory=SharedReads)

    async def of(self, context: TenantContext, name: str, *, similarity_permille_min: int) -> Sequence[Compared]:
        rows = self._known.get((context.tenant_id, similarity_permille_min))
        if rows is None:
            rows = await self._shared.of(
                (context.tenant_id, similarity_permille_min), lambda: self._read(context, similarity_permille_min)
            )
            self._known[context.tenant_id, similarity_permille_min] = rows
        return compared_of(rows, name)

    def forget(self, context: TenantContext) -> None:
        for key in [key for key in self._known if isinstance(key, tuple) and key[0] == context.tenant_id]:
            self._known.pop(key, None)

    async def _read(self, context: TenantContext, similarity_permille_min: int) -> Sequence[Counted]:
        async with self.reads.as_app(context) as connection:
            return await like_questions.counted(
                connection,
                context.tenant_id,
                since=clock.now() - COMPARED_WITHIN,
                similarity_permille_min=similarity_permille_min,
            )
