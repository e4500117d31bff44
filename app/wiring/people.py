"""Whose names a tenant's prompts may hold: members, former ones, the invited, and people in the glossary."""

import asyncio
from contextvars import Context
from dataclasses import replace
from typing import Final

from cachetools import TTLCache

from domain.actor import SYSTEM
from domain.ids import TenantId
from gateway.personal.names import NAMES_MAX, Names, names_of
from projections import directory, glossary
from projections.projector import ReadTransactions
from tenancy.context import TenantContext

AGE_SECONDS_MAX: Final = 2
"""How long somebody who was just added may be unknown here."""
TENANTS_MAX: Final = 200


class DirectoryPeople:
    """Implements gateway.personal.names.PeopleKnown on the read models."""

    def __init__(self, reads: ReadTransactions) -> None:
        self._reads = reads
        self._recent: TTLCache[TenantId, asyncio.Task[Names]] = TTLCache(TENANTS_MAX, AGE_SECONDS_MAX)
        self._built: TTLCache[TenantId, tuple[tuple[str, ...], Names]] = TTLCache(TENANTS_MAX, 3600)

    async def names(self, context: TenantContext) -> Names:
        """Return the names of this tenant's people."""
        tenant_id = context.tenant_id
        task = self._recent.get(tenant_id)
        if task is None:
            # In a context of its own: it is not only the business of whoever asked first.
            task = asyncio.create_task(self._load(context), context=Context())
            # Heard here as well, or an answer that nobody waits for any more is complained about.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._recent[tenant_id] = task
        try:
            return await asyncio.shield(task)
        except Exception:
            if self._recent.get(tenant_id) is task:
                self._recent.pop(tenant_id, None)
            raise

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
