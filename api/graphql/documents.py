"""A document and its revisions as GraphQL shows them."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from api.graphql.actors import Actor, actor
from api.graphql.audit import AuditEntry, entries_of
from api.graphql.authorisation import Requires
from api.graphql.comments import Comment, comments_of
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.history import (
    DiffHunk,
    DocumentDifference,
    From,
    NamedVersion,
    To,
    difference,
    label_of,
    position_of,
    versions_of,
)
from api.graphql.ids import global_id
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.provenance import At, ProvenanceSummary, summary
from api.graphql.suggestions import Suggestion, SuggestionFilter, suggestions_of
from commands.content_work import content_work_of
from domain.document import body
from domain.evidence.entries import AuditFilter
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from projections import document_history
from projections.catalogue import DOCUMENT_HISTORY
from projections.document_library import DocumentCard
from tenancy.document_rights import permissions_on
from tenancy.roles import Permission


@strawberry.enum(description="Where a document is in its life.")
class DocumentStatus(Enum):
    DRAFT = strawberry.enum_value("draft", description="It can be edited.")
    ARCHIVED = strawberry.enum_value("archived", description="It can be read, and restored.")


@strawberry.enum(description="What a document's body is made of.")
class BodyKind(Enum):
    RICH = strawberry.enum_value("rich", description="Formatted text: headings, lists, tables, images.")
    PLAIN = strawberry.enum_value("plain", description="Plain text: Markdown source, code.")


@strawberry.enum(description="What happened in a revision.")
class RevisionKind(Enum):
    CREATED = strawberry.enum_value("created", description="The document was begun.")
    EDITED = strawberry.enum_value("edited", description="One author's edits without a long pause.")
    CONTENT_RESTORED = strawberry.enum_value("content_restored", description="Its content became a former one again.")
    UNDONE = strawberry.enum_value("undone", description="Somebody undid their own last edit.")
    REDONE = strawberry.enum_value("redone", description="Somebody brought back what they had undone.")
    REVERTED = strawberry.enum_value("reverted", description="What one member or one generation wrote was taken back.")
    RENAMED = strawberry.enum_value("renamed", description="It got another title.")
    ARCHIVED = strawberry.enum_value("archived", description="It was put away.")
    RESTORED = strawberry.enum_value("restored", description="It was taken out of the archive.")


@strawberry.type(description="A stretch of a document's history with one author.")
class Revision(Node):
    number: int = strawberry.field(description="Counts from 1 in each document.")
    kind: RevisionKind = strawberry.field(description="What happened.")
    created_at: datetime = strawberry.field(description="When the revision began.")
    ended_at: datetime = strawberry.field(description="When its last change was recorded.")
    edits: int = strawberry.field(description="How many edits it gathers.")
    title: str | None = strawberry.field(description="The title that it gave the document, if it gave one.")
    position: int = strawberry.field(description="The log position of its last change.")
    document_id: strawberry.Private[DocumentId]
    body: strawberry.Private[BodyKind]
    author_reference: strawberry.Private[str]
    position_from: strawberry.Private[int]

    @classmethod
    def of(cls, document: "Document", revision: document_history.Revision) -> Self:
        return cls(
            id=global_id("Revision", f"{document.document_id}/{revision.number}"),
            number=revision.number,
            kind=RevisionKind(revision.kind),
            created_at=revision.started_at,
            ended_at=revision.ended_at,
            edits=revision.edits,
            title=revision.title,
            position=revision.position_to,
            document_id=document.document_id,
            body=document.body,
            author_reference=revision.actor_ref,
            position_from=revision.position_from,
        )

    @resolved("Whose change it was.")
    async def author(self, info: Info) -> Actor:
        return await actor(info.context, self.author_reference)

    @resolved("The content as this revision left it.")
    async def markdown(self, info: Info) -> str:
        return await _markdown(info.context, self.document_id, self.body, self.position)

    @resolved("Who wrote the content as this revision left it, as far as can be known.")
    async def provenance(self, info: Info) -> ProvenanceSummary:
        return await summary(info.context, self.document_id, self.position)

    @resolved("The name that its content has as a version, if it has one.")
    async def label(self, info: Info) -> str | None:
        return await label_of(info.context, self.document_id, self.position)

    @resolved("What it changed; with `against`, an earlier revision, what differs from that one.")
    async def diff(
        self,
        info: Info,
        against: Annotated[strawberry.ID | None, strawberry.argument(description="An earlier revision.")] = None,
    ) -> list[DiffHunk]:
        operation = info.context
        before = self.position_from - 1 if against is None else await position_of(operation, self.document_id, against)
        return (await difference(operation, self.document_id, before, self.position)).hunks


@strawberry.type(description="A document that people write together.")
class Document(Node):
    title: str = strawberry.field(description="One line of text.")
    version: int = strawberry.field(description="Grows with every decision about the document; edits do not count.")
    status: DocumentStatus = strawberry.field(description="Where it is in its life.")
    body: BodyKind = strawberry.field(description="What its content is made of.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    updated_at: datetime = strawberry.field(description="When it was last changed or edited.")
    document_id: strawberry.Private[DocumentId]
    author_reference: strawberry.Private[str]
    editor_reference: strawberry.Private[str]

    @classmethod
    def from_card(cls, card: DocumentCard) -> Self:
        return cls(
            id=global_id("Document", card.document_id),
            title=card.title,
            version=card.version,
            status=DocumentStatus(card.status),
            body=BodyKind(card.body),
            created_at=card.created_at,
            updated_at=card.updated_at,
            document_id=card.document_id,
            author_reference=card.created_by,
            editor_reference=card.updated_by,
        )

    @resolved("Who began it.")
    async def created_by(self, info: Info) -> Actor:
        return await actor(info.context, self.author_reference)

    @resolved("Who changed it last.")
    async def updated_by(self, info: Info) -> Actor:
        return await actor(info.context, self.editor_reference)

    @resolved("The content as it is now, in Markdown.")
    async def markdown(self, info: Info) -> str:
        return await _markdown(info.context, self.document_id, self.body, None)

    @resolved("Who wrote it, as far as can be known; `at` takes a past position of the log.")
    async def provenance(self, info: Info, at: At = None) -> ProvenanceSummary:
        return await summary(info.context, self.document_id, at)

    @resolved("What people and models propose to change in it, newest first.")
    async def suggestions(
        self,
        info: Info,
        state: Annotated[SuggestionFilter, strawberry.argument(description="Which.")] = SuggestionFilter.ANY,
        first: First = None,
        after: After = None,
    ) -> Connection[Suggestion]:
        return await suggestions_of(info.context, self.document_id, state, first, after)

    @resolved("What people say about it, newest first: the comments that began a thread.")
    async def comments(
        self,
        info: Info,
        resolved: Annotated[
            bool | None, strawberry.argument(description="Only settled threads, or only open ones.")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Comment]:
        return await comments_of(info.context, self.document_id, first, after, resolved=resolved)

    @resolved("What was done to it and with it, newest first.", Requires(Permission.AUDIT_READ))
    async def audit_trail(self, info: Info, first: First = None, after: After = None) -> Connection[AuditEntry]:
        return await entries_of(info.context, AuditFilter(subject_id=self.document_id), first, after)

    @resolved("Its versions that have names, last named first.")
    async def versions(self, info: Info) -> list[NamedVersion]:
        return await versions_of(info.context, self.document_id)

    @resolved("What differs between two positions of the log: words that came, went or were formatted, and by whom.")
    async def diff(self, info: Info, from_: From, to: To = None) -> list[DiffHunk]:
        return (await difference(info.context, self.document_id, from_, to)).hunks

    @resolved("The same, and whether it is all.")
    async def difference(self, info: Info, from_: From, to: To = None) -> DocumentDifference:
        return await difference(info.context, self.document_id, from_, to)

    @resolved("The permissions that the caller has on this document.")
    async def viewer_can(self, info: Info) -> list[str]:
        tenant = info.context.tenant
        return permissions_on(await info.context.platform.document_rights.access(self.document_id, tenant), tenant)

    @resolved("What happened to it, newest first.")
    async def revisions(self, info: Info, first: First = None, after: After = None) -> Connection[Revision]:
        operation = info.context
        cursors = cursors_of(operation, f"revisions/{self.document_id}")
        wanted = window(cursors, first=first, after=after)
        await operation.reached(DOCUMENT_HISTORY)
        async with operation.reading() as transaction:
            found = await document_history.revisions(
                transaction,
                operation.tenant.tenant_id,
                self.document_id,
                first=wanted.size + 1,
                before_number=int(wanted.after[0]) if wanted.after else None,
            )
        return connection(
            found,
            wanted,
            node=lambda revision: Revision.of(self, revision),
            cursor=lambda revision: cursors.encode(revision.number),
            count=lambda: _count_revisions(operation, self.document_id),
        )


async def _count_revisions(operation: Operation, document_id: DocumentId) -> int:
    # Revisions are numbered from 1 without gaps, so the newest one's number is how many there are.
    async with operation.reading() as transaction:
        newest = await document_history.revisions(transaction, operation.tenant.tenant_id, document_id, first=1)
    return newest[0].number if newest else 0


async def _markdown(operation: Operation, document_id: DocumentId, kind: BodyKind, at: int | None) -> str:
    platform = operation.platform
    platform.accesses.note(operation.tenant, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    async with operation.rendering():
        state = await platform.body_states.load(document_id, operation.tenant, until_position=at)
        render, kind_of = platform.bodies.render, body.BodyKind[kind.name]
        markdown = body.ContentFormat.MARKDOWN
        return await content_work_of(operation.tenant.tenant_id, render, kind_of, state.state, markdown)
