"""Whose names a tenant's prompts may hold: members, former ones, the invited, and people in the glossary."""

import asyncio
from dataclasses import replace
from typing import Final

from cachetools import TTLCache

from domain.actor import SYSTEM
from domain.ids import TenantId
from gateway.personal.names import NAMES_MAX, Names, names_of
from projections import directory, glossary
from projections.projector import ReadTransactions
from tenancy.context import TenantContext
from tenancy.recent_reads import RecentReads

AGE_SECONDS_MAX: Final = 2
"""How long somebody who was just added may be unknown here."""
TENANTS_MAX: Final = 200


class DirectoryPeople:
    """Implements gateway.personal.names.PeopleKnown on the read models."""

    def __init__(self, reads: ReadTransactions) -> None:
        self._reads = reads
        self._recent: RecentReads[TenantId, Names] = RecentReads(keys_max=TENANTS_MAX, age_seconds_max=AGE_SECONDS_MAX)
        self._built: TTLCache[TenantId, tuple[tuple[str, ...], Names]] = TTLCache(TENANTS_MAX, 3600)

    async def names(self, context: TenantContext) -> Names:
        """Return the names of this tenant's people."""
        return await self._recent.of(context.tenant_id, lambda: self._load(context))

    async def _load(self, context: TenantContext) -> Names:
        """Read as the platform in the scope of that tenant: whoever asks need not be allowed to read the directory."""
        tenant_id = context.tenant_id
        own = replace(context, actor=SYSTEM, permissions=frozenset(), request_id="people")
        async with self._reads.as_app(own) as connection:
            people = await directory.names_known(connection, tenant_id, first=NAMES_MAX)
            terms = await glossary.people_named(connection, tenant_id, first=NAMES_MAX)
        said = tuple(dict.fromkeys((*people, *terms)))[:NAMES_MAX]
        built = self._built.get(tenant_id)
        if built is None or built[0] != said:
            built = (said, await asyncio.to_thread(names_of, said))
            self._built[tenant_id] = built
        return built[1]
