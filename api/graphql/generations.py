"""Generations, text asked of a model for a document, as GraphQL shows them."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from api.generating import ShownGeneration, seen_generation, shown_generation
from api.graphql.authorisation import Requires
from api.graphql.document_links import LinkedDocument, linked_document
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member, member
from api.graphql.usage import Money
from domain.citation import Citation
from domain.generation.decisions import NoSuchGeneration
from domain.generation.events import GenerationRequested
from domain.ids import DocumentId, GenerationId, MemberId, SuggestionId
from tenancy.roles import Permission

if TYPE_CHECKING:
    from api.graphql.suggestions import Suggestion


@strawberry.enum(description="What is asked for; each has a prompt template of its own.")
class GenerationKind(Enum):
    DRAFT = strawberry.enum_value("draft", description="New text, as the instruction says.")
    REWRITE = strawberry.enum_value("rewrite", description="The selected blocks, said differently.")
    SUMMARISE = strawberry.enum_value("summarise", description="What the document or the selection says, shorter.")
    TRANSLATE = strawberry.enum_value("translate", description="The selected blocks in another language.")
    EXTRACT = strawberry.enum_value("extract", description="What the instruction asks for, as a list.")


@strawberry.enum(description="What becomes of the text.")
class GenerationMode(Enum):
    SUGGEST = strawberry.enum_value("suggest", description="A suggestion; whoever may write decides.")
    INSERT = strawberry.enum_value("insert", description="It is put in at once: the asker's decision, made before.")


@strawberry.enum(description="How a generation stands.")
class GenerationState(Enum):
    QUEUED = strawberry.enum_value("queued", description="It waits for a co-author.")
    STREAMING = strawberry.enum_value("streaming", description="It is being written.")
    SUCCEEDED = strawberry.enum_value("succeeded", description="The text is there.")
    FAILED = strawberry.enum_value("failed", description="There is no text; `error` says why.")
    CANCELLED = strawberry.enum_value("cancelled", description="Somebody stopped it.")
    BLOCKED = strawberry.enum_value("blocked", description="A rule of the house forbade it.")


@strawberry.type(description="A half-open range of a document's top-level blocks; an empty one is a place.")
class BlockRange:
    block_from: int = strawberry.field(description="Its first block, counted from 0.")
    block_to: int = strawberry.field(description="The block after its last one.")


@strawberry.type(description="Why there is no text.")
class GenerationError:
    code: str = strawberry.field(description="The stable code, as in the list of problems.")
    message: str = strawberry.field(description="For people to read.")


@strawberry.type(description="A passage that the model was given, exactly as it stands in its document.")
class GenerationSource:
    number: int = strawberry.field(description="As in [S1].")
    quote: str = strawberry.field(description="The text.")
    title: str = strawberry.field(description="The document's title.")
    heading: str = strawberry.field(description="The heading above it.")
    position: int = strawberry.field(description="The log position of the revision that was read.")
    block_from: int = strawberry.field(description="Its first top-level block.")
    block_to: int = strawberry.field(description="The block after its last one.")
    start: int = strawberry.field(description="Where it begins in that revision's plain text, in code points.")
    end: int = strawberry.field(description="Where it ends.")
    sha256: str = strawberry.field(description="The hex digest of the text.")
    document_id: strawberry.Private[DocumentId]

    @classmethod
    def of(cls, citation: Citation) -> Self:
        return cls(
            number=citation.number,
            quote=citation.quote,
            title=citation.title,
            heading=citation.heading,
            position=citation.position,
            block_from=citation.block_from,
            block_to=citation.block_to,
            start=citation.start,
            end=citation.end,
            sha256=citation.sha256,
            document_id=citation.document_id,
        )

    @resolved("The document that it stands in.")
    async def document(self, info: Info) -> LinkedDocument | None:
        return await linked_document(info.context, self.document_id)


_OUTCOME = (
    "provider", "model", "template", "template_version", "route_reason", "input_tokens", "output_tokens",
    "finish_reason", "notice",
)  # fmt: skip
"""What only the end brings, under the names of its event."""


@strawberry.type(description="Text asked of a model for a document; what only its end brings is null before.")
class Generation(Node):
    state: GenerationState = strawberry.field(description="How it stands.")
    kind: GenerationKind = strawberry.field(description="What was asked for.")
    mode: GenerationMode = strawberry.field(description="What becomes of the text.")
    instruction: str = strawberry.field(description="What the asker said about it.")
    target: BlockRange | None = strawberry.field(description="The blocks that it is about; null for the document.")
    position: int = strawberry.field(description="The log position of the revision that `target` speaks of.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    markdown: str | None = strawberry.field(description="What the model wrote, a proposal, not content.")
    provider: str | None = strawberry.field(description="Who answered.")
    model: str | None = strawberry.field(description="Which of its models.")
    template: str | None = strawberry.field(description="The prompt template, by its name.")
    template_version: int | None = strawberry.field(description="Which version of it; 0 is built in.")
    route_reason: str | None = strawberry.field(description="Why this model was asked.")
    input_tokens: int | None = strawberry.field(description="What it read.")
    output_tokens: int | None = strawberry.field(description="What it wrote.")
    cost: Money | None = strawberry.field(description="What it cost, as in the ledger.")
    latency_ms: int | None = strawberry.field(description="How many milliseconds it took.")
    finish_reason: str | None = strawberry.field(description="Why it ended; early, unless it says `stop`.")
    notice: str | None = strawberry.field(description="What to know beside the text: what its model is.")
    sources: list[GenerationSource] = strawberry.field(description="What it was given and the caller may read.")
    error: GenerationError | None = strawberry.field(description="Why nothing came.")
    document_id: strawberry.Private[DocumentId]
    asker_id: strawberry.Private[MemberId]
    suggestion_id: strawberry.Private[SuggestionId | None]

    @classmethod
    def of(cls, shown: ShownGeneration) -> Self:
        state = shown.loaded.state
        asked, written, failed = state.requested, state.completed, state.failed
        assert asked is not None, "only what was asked for is shown"
        return cls(
            id=global_id("Generation", asked.generation_id),
            state=GenerationState(shown.state),
            kind=GenerationKind(asked.kind),
            mode=GenerationMode(asked.mode),
            instruction=asked.instruction,
            target=_target(asked),
            position=asked.position,
            requested_at=shown.loaded.past[0].recorded_at,
            **{name: getattr(written, name, None) for name in _OUTCOME},
            markdown=None if written is None else written.text,
            cost=None if written is None else Money.of(written.cost_micros, written.currency),
            latency_ms=None if written is None else written.latency_milliseconds,
            sources=[GenerationSource.of(source) for source in shown.cited],
            error=None if failed is None else GenerationError(code=failed.code, message=failed.message),
            document_id=asked.document_id,
            asker_id=asked.requested_by,
            suggestion_id=None if written is None else written.suggestion_id,
        )

    @resolved("The document that it was asked for.")
    async def document(self, info: Info) -> LinkedDocument | None:
        return await linked_document(info.context, self.document_id)

    @resolved("Who asked for it.")
    async def requested_by(self, info: Info) -> Member:
        return await member(info.context, self.asker_id)

    @resolved("What it proposes; null when there is nothing to propose, or not yet.")
    async def suggestion(
        self, info: Info
    ) -> Annotated["Suggestion", strawberry.lazy("api.graphql.suggestions")] | None:
        from api.graphql.suggestions import suggestion_of  # noqa: PLC0415  # suggestions show their generation

        return None if self.suggestion_id is None else await suggestion_of(info.context, self.suggestion_id)


def _target(asked: GenerationRequested) -> BlockRange | None:
    if asked.block_from is None or asked.block_to is None:
        return None
    return BlockRange(block_from=asked.block_from, block_to=asked.block_to)


async def generation_of(operation: Operation, generation_id: GenerationId) -> Generation:
    """Return a generation; raise NoSuchGeneration to whoever may not read its document."""
    async with operation.rendering():
        loaded = await seen_generation(operation.platform, generation_id, operation.tenant)
    async with operation.rendering():
        return Generation.of(await shown_generation(operation.platform, loaded, operation.tenant))


async def generation_node(operation: Operation, key: str) -> Node | None:
    """Return the generation of a global id."""
    found = uuid_in(key)
    if found is None or Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    try:
        return await generation_of(operation, GenerationId(found))
    except NoSuchGeneration:
        return None


def generation_in(id_: str) -> GenerationId:
    """Return the generation that a global id names; raise NoSuchGeneration for another type's or no id."""
    match parts(id_):
        case ("Generation", key) if found := uuid_in(key):
            return GenerationId(found)
        case _:
            raise NoSuchGeneration


@strawberry.type
class GenerationsQuery:
    @resolved("Text asked of a model; null when there is none for the caller.", Requires(Permission.DOCUMENT_READ))
    async def generation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002
    ) -> Generation | None:
        try:
            return await generation_of(info.context, generation_in(id))
        except NoSuchGeneration:
            return None
