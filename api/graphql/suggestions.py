"""Suggestions, changes that somebody proposes, as GraphQL shows them."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from api.graphql.actors import Actor, actor
from api.graphql.comments import Comment, comments_of
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.document_links import LinkedDocument, linked_document
from api.graphql.fields import resolved
from api.graphql.generations import Generation, generation_of
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.provenance import Origin
from api.suggesting import ShownSuggestion, document_of, shown_suggestions
from domain.actor import Actor as ActorReference
from domain.ids import DocumentId, GenerationId, SuggestionId
from domain.provenance.attribution import written_by
from domain.suggestion.decisions import NoSuchSuggestion, known
from domain.suggestion.events import Hunk, SuggestionDecided
from domain.suggestion.events import HunkKind as KnownHunkKind
from domain.suggestion.state import HunkState as KnownHunkState
from projections import suggestions
from tenancy.roles import Permission


@strawberry.enum(description="How a suggestion, or one hunk of it, stands.")
class SuggestionState(Enum):
    OPEN = strawberry.enum_value("open", description="There is something to decide.")
    ACCEPTED = strawberry.enum_value("accepted", description="It is in the document.")
    REJECTED = strawberry.enum_value("rejected", description="Somebody declined it.")
    PARTLY_ACCEPTED = strawberry.enum_value("partly_accepted", description="Some hunks are in the document.")
    OUTDATED = strawberry.enum_value("outdated", description="Its place in the document is gone.")
    WITHDRAWN = strawberry.enum_value("withdrawn", description="It was taken back.")


@strawberry.enum(description="Which suggestions to list.")
class SuggestionFilter(Enum):
    OPEN = strawberry.enum_value("open", description="Those with a hunk to decide.")
    ANY = strawberry.enum_value("any", description="All of them.")


@strawberry.enum(description="What a hunk does.")
class HunkKind(Enum):
    INSERT = strawberry.enum_value("insert", description="Puts text before the block `blockFrom`.")
    REPLACE = strawberry.enum_value("replace", description="Puts text in the place of blocks.")
    DELETE = strawberry.enum_value("delete", description="Takes blocks out.")


@strawberry.type(description="One change of a suggestion, decided by itself. Blocks are those at its position.")
class SuggestionHunk:
    index: int = strawberry.field(description="Its number in the suggestion, from 0.")
    kind: HunkKind = strawberry.field(description="What it does.")
    block_from: int = strawberry.field(description="The first block that it is about.")
    block_to: int = strawberry.field(description="The block after the last one.")
    quote: str = strawberry.field(description="The Markdown that changes, or that of the block before an insertion.")
    deleted: str = strawberry.field(description="The Markdown that it takes out.")
    inserted: str = strawberry.field(description="The Markdown that it puts in.")
    state: SuggestionState = strawberry.field(description="How it stands.")
    outdated: bool = strawberry.field(description="It was to be accepted, and its place was gone: nothing was changed.")

    @classmethod
    def of(cls, hunk: Hunk, state: KnownHunkState) -> Self:
        quote = hunk.quote or ""
        return cls(
            index=hunk.index,
            kind=HunkKind(hunk.kind),
            block_from=hunk.block_from,
            block_to=hunk.block_to,
            quote=quote,
            deleted="" if hunk.kind is KnownHunkKind.INSERT else quote,
            inserted=hunk.inserted,
            state=SuggestionState(state),
            outdated=state is KnownHunkState.OUTDATED,
        )


@strawberry.type(description="Changes that somebody proposes; no content before somebody who may write accepts them.")
class Suggestion(Node):
    state: SuggestionState = strawberry.field(description="How the whole stands.")
    origin: Origin = strawberry.field(description="Whether a model, a person or a program with a key wrote it.")
    rationale: str = strawberry.field(description="Why, in its author's words.")
    position: int = strawberry.field(description="The log position of the revision that the hunks speak of.")
    hunks: list[SuggestionHunk] = strawberry.field(description="The changes, each decided by itself.")
    created_at: datetime = strawberry.field(description="When it was made.")
    decided_at: datetime | None = strawberry.field(description="When somebody last decided about it.")
    version: int = strawberry.field(description="Grows with every decision about it.")
    suggestion_id: strawberry.Private[SuggestionId]
    document_id: strawberry.Private[DocumentId]
    generation_id: strawberry.Private[GenerationId | None]
    author_reference: strawberry.Private[ActorReference]
    decider_reference: strawberry.Private[ActorReference | None]

    @classmethod
    def of(cls, shown: ShownSuggestion) -> Self:
        loaded, made = shown.loaded, known(shown.loaded.state)
        decisions = [recorded for recorded in loaded.past if isinstance(recorded.event, SuggestionDecided)]
        last = decisions[-1] if decisions else None
        return cls(
            id=global_id("Suggestion", made.suggestion_id),
            state=SuggestionState(loaded.state.state),
            origin=Origin(written_by(loaded.author)) if made.generation_id is None else Origin.AI,
            rationale=made.rationale,
            position=made.position,
            hunks=[SuggestionHunk.of(hunk, loaded.state.hunks[hunk.index]) for hunk in made.hunks],
            created_at=loaded.past[0].recorded_at,
            decided_at=None if last is None else last.recorded_at,
            version=loaded.version,
            suggestion_id=made.suggestion_id,
            document_id=made.document_id,
            generation_id=made.generation_id,
            author_reference=loaded.author,
            decider_reference=None if last is None else last.actor,
        )

    @resolved("The document that it is about.")
    async def document(self, info: Info) -> LinkedDocument | None:
        return await linked_document(info.context, self.document_id)

    @resolved("Who made it; of a model's text, who asked for it.")
    async def author(self, info: Info) -> Actor:
        return await actor(info.context, str(self.author_reference))

    @resolved("Who last decided about it.")
    async def decided_by(self, info: Info) -> Actor | None:
        return None if self.decider_reference is None else await actor(info.context, str(self.decider_reference))

    @resolved("What people say about it, newest first: the comments that began a thread.")
    async def comments(self, info: Info, first: First = None, after: After = None) -> Connection[Comment]:
        return await comments_of(info.context, self.document_id, first, after, suggestion_id=self.suggestion_id)

    @resolved("The model's work behind it, with its sources and cost; null for a person's own.")
    async def generation(self, info: Info) -> Generation | None:
        return None if self.generation_id is None else await generation_of(info.context, self.generation_id)


async def suggestions_of(
    operation: Operation, document_id: DocumentId, state: SuggestionFilter, first: First, after: After
) -> Connection[Suggestion]:
    """Return a page of a document's suggestions, newest first."""
    cursors = cursors_of(operation, f"suggestions/{document_id}")
    wanted = window(cursors, first=first, after=after)
    place = (datetime.fromisoformat(str(wanted.after[0])), UUID(str(wanted.after[1]))) if wanted.after else None

    async def listed(first: int, place: tuple[datetime, UUID] | None) -> list[tuple[SuggestionId, datetime]]:
        async with operation.reading() as transaction:
            only_open = state is SuggestionFilter.OPEN
            return await suggestions.page(
                transaction, operation.tenant.tenant_id, document_id, only_open=only_open, first=first, after=place
            )

    async def count() -> int:
        return len(await listed(10_001, None))

    found = await listed(wanted.size + 1, place)
    shown = await _shown(operation, [suggestion_id for suggestion_id, _ in found])
    return connection(
        shown,
        wanted,
        node=lambda suggestion: suggestion,
        cursor=lambda suggestion: cursors.encode(suggestion.created_at.isoformat(), str(suggestion.suggestion_id)),
        count=count,
    )


async def suggestion_of(operation: Operation, suggestion_id: SuggestionId) -> Suggestion | None:
    """Return a suggestion, to whoever may read its document."""
    if Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    try:
        async with operation.rendering():
            await document_of(operation.platform, operation.tenant, suggestion_id)
    except NoSuchSuggestion:
        return None
    shown = await _shown(operation, [suggestion_id])
    return shown[0] if shown else None


async def suggestion_node(operation: Operation, key: str) -> Node | None:
    """Return the suggestion of a global id."""
    found = uuid_in(key)
    return None if found is None else await suggestion_of(operation, SuggestionId(found))


def suggestion_in(id_: str) -> SuggestionId:
    """Return the suggestion that a global id names; raise NoSuchSuggestion for another type's or no id."""
    match parts(id_):
        case ("Suggestion", key) if found := uuid_in(key):
            return SuggestionId(found)
        case _:
            raise NoSuchSuggestion


async def _shown(operation: Operation, ids: Sequence[SuggestionId]) -> list[Suggestion]:
    async with operation.rendering():
        found = await shown_suggestions(operation.platform, operation.tenant, ids)
    return [Suggestion.of(one) for one in found]
