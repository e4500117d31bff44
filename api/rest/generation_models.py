"""Generations and suggestions as JSON shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.actors import NamedActor
from api.generating import ShownGeneration
from api.rest.citations import CitationModel, citation_model
from api.rest.models import ActorModel, Wire
from api.suggesting import ShownSuggestion
from domain.citation import Citation
from domain.generation.events import GenerationCompleted, GenerationKind, GenerationMode, Source
from domain.provenance.attribution import Origin, written_by
from domain.suggestion.decisions import known
from domain.suggestion.events import HunkKind, SuggestionDecided
from domain.suggestion.state import HunkState, SuggestionState

Cited = Mapping[Source, Citation]
"""The sources that whoever asks may read."""


class GenerationError(Wire):
    code: str
    message: str


class Target(Wire):
    """A half-open range of the document's top-level blocks; an empty one is a place."""

    block_from: Annotated[int, Field(ge=0)]
    block_to: Annotated[int, Field(ge=0)]


class GenerationModel(Wire):
    """Money is integer micro-units of `currency`; what only an end brings is null before it."""

    id: UUID
    document_id: UUID
    kind: GenerationKind
    mode: GenerationMode
    state: Literal["queued", "streaming", "succeeded", "failed", "cancelled", "blocked"]
    requested_by: UUID
    requested_at: datetime
    instruction: str
    target: Target | None
    position: int
    text: str | None
    provider: str | None
    model: str | None
    template: str | None
    template_version: int | None
    route_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_micros: int | None
    currency: str | None
    latency_milliseconds: int | None
    finish_reason: str | None
    notice: str | None
    sources: list[CitationModel]
    suggestion_id: UUID | None
    error: GenerationError | None


class HunkModel(Wire):
    """`quote` is the Markdown of the blocks that change, or of the block before an insertion."""

    index: int
    kind: HunkKind
    block_from: int
    block_to: int
    quote: str
    deleted: str
    inserted: str
    state: HunkState


class AiLabel(Wire):
    """What everybody who reads a suggestion may know of the model behind it."""

    id: UUID
    kind: GenerationKind
    provider: str
    model: str
    template: str
    template_version: int
    route_reason: str
    cost_micros: int
    currency: str
    finish_reason: str
    notice: str
    sources: list[CitationModel]


class SuggestionModel(Wire):
    id: UUID
    document_id: UUID
    state: SuggestionState
    author: ActorModel
    origin: Origin
    rationale: str
    position: int
    generation: AiLabel | None
    hunks: list[HunkModel]
    created_at: datetime
    decided_by: ActorModel | None
    decided_at: datetime | None
    version: int
    """Grows with every decision about it; what the ETag holds."""


def generation_model(shown: ShownGeneration) -> GenerationModel:
    """Return a generation that somebody asked for."""
    loaded = shown.loaded
    requested, completed, failed = loaded.state.requested, loaded.state.completed, loaded.state.failed
    assert requested is not None
    names = (
        "text", "provider", "model", "template", "template_version", "route_reason", "input_tokens", "output_tokens",
        "cost_micros", "currency", "latency_milliseconds", "finish_reason", "notice", "suggestion_id",
    )  # fmt: skip
    ended = {name: None if completed is None else getattr(completed, name) for name in names}
    return GenerationModel.model_validate(
        {
            "id": requested.generation_id,
            "document_id": requested.document_id,
            "kind": requested.kind,
            "mode": requested.mode,
            "state": shown.state,
            "requested_by": requested.requested_by,
            "requested_at": loaded.past[0].recorded_at,
            "instruction": requested.instruction,
            "target": None
            if requested.block_from is None
            else {"block_from": requested.block_from, "block_to": requested.block_to},
            "position": requested.position,
            **ended,
            "sources": [citation_model(one) for one in shown.cited],
            "error": None if failed is None else GenerationError(code=failed.code, message=failed.message),
        }
    )


def suggestion_model(shown: ShownSuggestion, names: Mapping[str, NamedActor]) -> SuggestionModel:
    """Return a suggestion that somebody made, with the label of the model behind it."""
    loaded, cited = shown.loaded, shown.sources
    made = known(loaded.state)
    decisions = [recorded for recorded in loaded.past if isinstance(recorded.event, SuggestionDecided)]
    last = decisions[-1] if decisions else None
    return SuggestionModel(
        id=made.suggestion_id,
        document_id=made.document_id,
        state=loaded.state.state,
        author=ActorModel.model_validate(names[str(loaded.author)]),
        origin=written_by(loaded.author) if made.generation_id is None else Origin.AI,
        rationale=made.rationale,
        position=made.position,
        generation=None if shown.written is None or shown.kind is None else _label(shown.written, shown.kind, cited),
        hunks=[
            HunkModel(
                index=hunk.index,
                kind=hunk.kind,
                block_from=hunk.block_from,
                block_to=hunk.block_to,
                quote=hunk.quote or "",
                deleted="" if hunk.kind is HunkKind.INSERT else hunk.quote or "",
                inserted=hunk.inserted,
                state=loaded.state.hunks[hunk.index],
            )
            for hunk in made.hunks
        ],
        created_at=loaded.past[0].recorded_at,
        decided_by=None if last is None else ActorModel.model_validate(names[str(last.actor)]),
        decided_at=None if last is None else last.recorded_at,
        version=loaded.version,
    )


def _citations(written: GenerationCompleted, cited: Cited) -> list[CitationModel]:
    return [citation_model(cited[source]) for source in written.sources if source in cited]


def _label(written: GenerationCompleted, kind: GenerationKind, cited: Cited) -> AiLabel:
    return AiLabel(
        id=written.generation_id,
        kind=kind,
        provider=written.provider,
        model=written.model,
        template=written.template,
        template_version=written.template_version,
        route_reason=written.route_reason,
        cost_micros=written.cost_micros,
        currency=written.currency,
        finish_reason=written.finish_reason,
        notice=written.notice,
        sources=_citations(written, cited),
    )
