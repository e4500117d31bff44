"""With whom documents are shared: looked up twice a second, for all documents of a tenant that are asked about."""

import asyncio
from collections.abc import Mapping
from contextvars import Context
from typing import Final

from cachetools import LRUCache

from domain.ids import DocumentId, TenantId
from projections.document_access import SharingCard, sharings_of
from projections.projector import ReadTransactions
from tenancy.context import TenantContext

AGE_SECONDS_MAX: Final = 0.5
TENANTS_MAX: Final = 10_000
ASKED_LATELY_SECONDS: Final = 2.0
"""Connections ask more rarely than every half second: what one asked about is looked up with the others until then."""

_LookUp = asyncio.Task[Mapping[DocumentId, SharingCard]]


class _Asked:
    """Which look-up answers for which document of one tenant, all of them begun within half a second."""

    def __init__(self, now: float) -> None:
        self.began_at = now
        self.answers: dict[DocumentId, _LookUp] = {}
        self.documents: dict[DocumentId, float] = {}
        """When each was asked about last."""


class SharingCards:
    """A document of many connections, or many documents of few, cost the same two queries."""

    def __init__(self, reads: ReadTransactions) -> None:
        self._reads = reads
        self._asked: LRUCache[TenantId, _Asked] = LRUCache(TENANTS_MAX)

    async def of(self, document_id: DocumentId, context: TenantContext) -> SharingCard:
        """Return what was known of the document half a second ago, or later."""
        now = asyncio.get_running_loop().time()
        asked = self._current(document_id, context, now)
        asked.documents[document_id] = now
        look_up = asked.answers.get(document_id)
        if look_up is None:
            look_up = asked.answers[document_id] = self._look_up({document_id}, context)
        try:
            return (look_up.result() if look_up.done() else await asyncio.shield(look_up))[document_id]
        except Exception:
            if asked.answers.get(document_id) is look_up:
                del asked.answers[document_id]
            raise

    def forget(self, document_id: DocumentId, context: TenantContext) -> None:
        """Look again next time."""
        if (asked := self._asked.get(context.tenant_id)) is not None:
            asked.answers.pop(document_id, None)

    def _current(self, document_id: DocumentId, context: TenantContext, now: float) -> _Asked:
        """Return what is young enough; whatever was asked about lately is looked up again with it."""
        asked = self._asked.get(context.tenant_id)
        if asked is None or now - asked.began_at >= AGE_SECONDS_MAX:
            before = {} if asked is None else asked.documents
            asked = self._asked[context.tenant_id] = _Asked(now)
            asked.documents = {one: at for one, at in before.items() if now - at < ASKED_LATELY_SECONDS}
            documents = {document_id, *asked.documents}
            asked.answers = dict.fromkeys(documents, self._look_up(documents, context))
        return asked

    def _look_up(self, documents: set[DocumentId], context: TenantContext) -> _LookUp:
        # In a context of its own: it is not only the business of whoever asked first.
        look_up = asyncio.create_task(self._load(documents, context), context=Context())
        # Heard here as well, or an answer that nobody waits for any more is complained about.
        look_up.add_done_callback(lambda done: done.cancelled() or done.exception())
        return look_up

    async def _load(self, documents: set[DocumentId], context: TenantContext) -> Mapping[DocumentId, SharingCard]:
        async with self._reads.as_app(context) as connection:
            return await sharings_of(connection, context.tenant_id, documents)
