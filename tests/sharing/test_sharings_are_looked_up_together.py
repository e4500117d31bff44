"""What sharing allows is looked up for all documents of a tenant at once, and never for another tenant's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from commands.document.share_document import ShareDocument
from domain.document.sharing import Access, Sharing
from domain.ids import DocumentId
from projections.projector import ReadTransactions
from projections.sharing_cards import AGE_SECONDS_MAX, ASKED_LATELY_SECONDS, SharingCards
from tenancy.context import TenantContext
from tests.support.world import Tenant


class CountedReads:
    """The real ones, and how many transactions there were."""

    def __init__(self, reads: ReadTransactions) -> None:
        self.count = 0
        self._reads = reads

    @asynccontextmanager
    async def as_app(self, context: TenantContext) -> AsyncIterator[AsyncConnection]:
        self.count += 1
        async with self._reads.as_app(context) as connection:
            yield connection


@pytest.fixture
def reads(colophon: Colophon) -> CountedReads:
    return CountedReads(colophon.platform.reads)


async def a_document(colophon: Colophon, tenant: Tenant, *, for_nobody_else: bool) -> DocumentId:
    document_id = DocumentId(uuid7())
    await colophon.platform.executor.execute(CreateDocument(document_id=document_id, title="N"), tenant.ana.command())
    if for_nobody_else:
        await shared(colophon, tenant, document_id, Sharing.RESTRICTED)
    return document_id


async def shared(colophon: Colophon, tenant: Tenant, document_id: DocumentId, sharing: Sharing) -> None:
    command = ShareDocument(document_id=document_id, sharing=sharing, people=())
    await colophon.platform.executor.execute(command, tenant.ana.command())


async def test_another_tenant_learns_nothing_from_what_was_looked_up(
    colophon: Colophon, acme: Tenant, globex: Tenant, reads: CountedReads
) -> None:
    document_id = await a_document(colophon, acme, for_nobody_else=True)
    cards = SharingCards(reads)
    assert (await cards.of(document_id, acme.ana.context)).sharing is Sharing.RESTRICTED
    assert (await cards.of(document_id, globex.olga.context)).version == 0


async def test_documents_that_were_asked_about_are_looked_up_again_with_one_question(
    colophon: Colophon, acme: Tenant, reads: CountedReads
) -> None:
    # given
    documents = [await a_document(colophon, acme, for_nobody_else=bool(n % 2)) for n in range(6)]
    cards = SharingCards(reads)
    for document_id in documents:
        await cards.of(document_id, acme.ana.context)
    before = reads.count
    # when half a second has passed
    cards._asked[acme.tenant_id].began_at -= AGE_SECONDS_MAX
    again = await asyncio.gather(*(cards.of(document_id, acme.ana.context) for document_id in documents))
    # then
    assert reads.count == before + 1
    assert [card.access_of(acme.adam.context) for card in again] == [Access.WRITE, None] * 3


async def test_a_document_that_was_shared_otherwise_is_looked_up_at_once_and_alone(
    colophon: Colophon, acme: Tenant, reads: CountedReads
) -> None:
    # given
    document_id = await a_document(colophon, acme, for_nobody_else=True)
    cards = SharingCards(reads)
    assert (await cards.of(document_id, acme.ana.context)).sharing is Sharing.RESTRICTED
    # when
    await shared(colophon, acme, document_id, Sharing.TENANT)
    cards.forget(document_id, acme.ana.context)
    # then
    assert (await cards.of(document_id, acme.ana.context)).sharing is Sharing.TENANT


async def test_documents_are_looked_up_together_also_when_not_each_is_asked_about_each_time(
    colophon: Colophon, acme: Tenant, reads: CountedReads
) -> None:
    # given
    often, rarely = [await a_document(colophon, acme, for_nobody_else=False) for _ in range(2)]
    cards = SharingCards(reads)
    for document_id in (often, rarely):
        await cards.of(document_id, acme.ana.context)
    before = reads.count
    # when each half second begins with one of them, as connections that look every 0.7 s make it
    for first in (often, often, rarely):
        cards._asked[acme.tenant_id].began_at -= AGE_SECONDS_MAX
        await cards.of(first, acme.ana.context)
    await cards.of(often, acme.ana.context)
    # then
    assert reads.count == before + 3


async def test_what_nobody_asks_about_any_more_is_not_looked_up(
    colophon: Colophon, acme: Tenant, reads: CountedReads
) -> None:
    # given
    open_one, closed_one = [await a_document(colophon, acme, for_nobody_else=False) for _ in range(2)]
    cards = SharingCards(reads)
    for document_id in (open_one, closed_one):
        await cards.of(document_id, acme.ana.context)
    # when
    asked = cards._asked[acme.tenant_id]
    asked.documents[closed_one] -= ASKED_LATELY_SECONDS
    asked.began_at -= AGE_SECONDS_MAX
    await cards.of(open_one, acme.ana.context)
    # then
    assert set(cards._asked[acme.tenant_id].answers) == {open_one}
