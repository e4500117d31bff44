"""Who may do what with a restricted document; inline, so that access withdrawn is gone from its own commit on."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.directory.roles import Role
from domain.document.sharing import Access, DocumentShared, Sharing, sharing_stream
from domain.ids import DocumentId, MemberId, TenantId, document_stream, edits_stream
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.directory import MemberCard
from projections.projector import READ_MODELS
from tenancy.context import TenantContext

sharings = Table(
    "document_sharing",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("sharing", Text),
    Column("restricted_by", Uuid),
    Column("version", BigInteger),
    Column("changed_at", DateTime(timezone=True)),
    Column("changed_by", Text),
    Column("stream_ids", ARRAY(Uuid)),
)
people = Table(
    "document_access",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("access", Text),
)


class DocumentAccessProjector:
    """One row for each document that was ever shared otherwise than by role, and one for each person on its list."""

    name, version = "document_access", 1
    handles: frozenset[type[Sealed]] = frozenset({DocumentShared})
    tables = (sharings, people)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            event = recorded.event
            assert isinstance(event, DocumentShared)
            of_document = {"tenant_id": recorded.tenant_id, "document_id": event.document_id}
            put = upsert(sharings).values(_row(recorded, event))
            changed = {c.name: put.excluded[c.name] for c in sharings.c if not c.primary_key}
            await transaction.execute(put.on_conflict_do_update(index_elements=list(of_document), set_=changed))
            await transaction.execute(
                delete(people).where(
                    people.c.tenant_id == recorded.tenant_id, people.c.document_id == event.document_id
                )
            )
            if event.people:
                rows = [{**of_document, "member_id": member, "access": access} for member, access in event.people]
                await transaction.execute(insert(people), rows)


def _row(recorded: Recorded[Sealed], event: DocumentShared) -> dict[str, object]:
    return {
        "tenant_id": recorded.tenant_id,
        "document_id": event.document_id,
        "sharing": event.sharing,
        "restricted_by": event.restricted_by,
        "version": recorded.stream_version,
        "changed_at": recorded.recorded_at,
        "changed_by": str(recorded.actor),
        "stream_ids": [f(event.document_id) for f in (document_stream, edits_stream, sharing_stream)],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingCard:
    """With whom a document is shared; version 0 is one that nobody has ever shared otherwise."""

    sharing: Sharing
    restricted_by: MemberId | None
    people: dict[MemberId, Access]
    version: int
    changed_at: datetime | None = None
    changed_by: str | None = None

    def access_of(self, context: TenantContext) -> Access | None:
        """Return what whoever asks may do as far as sharing says; the role decides besides."""
        if self.sharing is Sharing.TENANT or sees_everything(context) or context.member_id == self.restricted_by:
            return Access.WRITE
        assert context.member_id is not None, "whoever is nobody's member is the house, which sees everything"
        return self.people.get(context.member_id)

    def is_open_to(self, member: MemberCard) -> bool:
        """Whether a member may read the document: every role reads what is not restricted."""
        listed = member.member_id == self.restricted_by or member.member_id in self.people
        return self.sharing is Sharing.TENANT or listed or member.role == Role.OWNER


_BY_ROLE = SharingCard(sharing=Sharing.TENANT, restricted_by=None, people={}, version=0)


def sees_everything(context: TenantContext) -> bool:
    """Tell owners of the tenant, and the house itself, from those for whom a restricted document can be hidden."""
    return context.member_id is None or context.role is Role.OWNER


async def sharing_of(connection: AsyncConnection, tenant_id: TenantId, document_id: DocumentId) -> SharingCard:
    """Return with whom a document is shared, whether it exists or not."""
    return (await sharings_of(connection, tenant_id, [document_id]))[document_id]


async def sharings_of(
    connection: AsyncConnection, tenant_id: TenantId, document_ids: Collection[DocumentId]
) -> Mapping[DocumentId, SharingCard]:
    """Return with whom each of the documents is shared, whether it exists or not."""
    rows = (await connection.execute(select(sharings).where(*_of_any(sharings, tenant_id, document_ids)))).all()
    listed: defaultdict[UUID, dict[MemberId, Access]] = defaultdict(dict)
    if rows:
        of_people = select(people.c.document_id, people.c.member_id, people.c.access)
        for document_id, member_id, access in await connection.execute(
            of_people.where(*_of_any(people, tenant_id, document_ids))
        ):
            listed[document_id][MemberId(member_id)] = Access(access)
    cards = {
        DocumentId(row.document_id): SharingCard(
            sharing=Sharing(row.sharing),
            restricted_by=row.restricted_by,
            people=listed[row.document_id],
            version=row.version,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )
        for row in rows
    }
    return {document_id: cards.get(document_id, _BY_ROLE) for document_id in document_ids}


def _of_any(
    table: Table, tenant_id: TenantId, document_ids: Collection[DocumentId]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # One parameter, whatever their number: the statement stays prepared.
    return table.c.tenant_id == tenant_id, table.c.document_id == any_(bindparam(None, list(document_ids), ARRAY(Uuid)))


def readable(context: TenantContext, document_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Return the condition that a column's document may be read by whoever asks, for every list of documents."""
    if sees_everything(context):
        return true()
    return ~exists().where(*_closed_to(context), sharings.c.document_id == document_id)


async def hidden_documents(connection: AsyncConnection, context: TenantContext) -> frozenset[DocumentId]:
    """Return the restricted documents that whoever asks may not read."""
    if sees_everything(context):
        return frozenset()
    return frozenset(await connection.scalars(select(sharings.c.document_id).where(*_closed_to(context))))


async def hidden_streams(
    connection: AsyncConnection, context: TenantContext, stream_ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Return those of the streams that belong to documents which whoever asks may not read."""
    if sees_everything(context) or not stream_ids:
        return frozenset()
    query = select(sharings.c.stream_ids).where(*_closed_to(context), sharings.c.stream_ids.overlap(list(stream_ids)))
    hidden = {stream_id for of_document in await connection.scalars(query) for stream_id in of_document}
    return frozenset(hidden.intersection(stream_ids))


def _closed_to(context: TenantContext) -> list[ColumnElement[bool]]:
    on_the_list = exists().where(
        people.c.tenant_id == sharings.c.tenant_id,
        people.c.document_id == sharings.c.document_id,
        people.c.member_id == context.member_id,
    )
    return [
        sharings.c.tenant_id == context.tenant_id,
        sharings.c.sharing == Sharing.RESTRICTED,
        func.coalesce(sharings.c.restricted_by != context.member_id, true()),
        ~on_the_list,
    ]
