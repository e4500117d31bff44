"""Text asked of a model for a document: ask, look, follow, stop, rate."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, status
from fastapi.responses import StreamingResponse
from pydantic import Field, JsonValue

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.estimating import estimate_generation
from api.generating import (
    Began,
    Written,
    asked_for,
    cancelled,
    document_of,
    followed,
    seen_generation,
    shown_generation,
)
from api.platform import Platform
from api.rating import own_rating_of_generation
from api.rest.event_stream import ServerEvent, StillAllowed, event_stream
from api.rest.generation_models import GenerationModel, Target, generation_model
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.ratings import OwnRatingModel, Rated, Rating, own_rating_model
from api.rest.reading import NeedsPermission
from commands.generation.generation_stream import LoadedGeneration
from commands.generation.rate_generation import RateGeneration
from commands.generation.request_generation import RequestGeneration
from domain.generation.decisions import INSTRUCTION_CHARACTERS_MAX
from domain.generation.events import GenerationKind, GenerationMode
from domain.ids import DocumentId, GenerationId
from domain.template.values import packed_values
from tenancy.context import TenantContext
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/generations", tags=["generations"])

Asker = Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))]
Watcher = Annotated[Caller, Depends(NeedsPermission(Permission.DOCUMENT_READ))]


class GenerationToStart(Wire):
    document_id: UUID
    kind: GenerationKind
    instruction: Annotated[str, Field(max_length=INSTRUCTION_CHARACTERS_MAX)] = ""
    target: Target | None = None
    mode: GenerationMode = GenerationMode.SUGGEST
    template: Annotated[str, Field(max_length=200, description="By name; without it the one of the kind.")] = ""
    variables: Annotated[dict[str, JsonValue], Field(max_length=100, description="For the template.")] = Field(
        default_factory=dict
    )


class EstimateModel(Wire):
    """`cost_micros_max` is a bound: no call of this wish costs more now. `sources` are passages that would be shown."""

    model: str
    offline: bool
    route_reason: str
    cost_micros_max: int
    currency: str
    input_tokens_about: int
    output_tokens_max: int
    sources: int


class GenerationStarted(GenerationModel):
    receipt: ReceiptModel


class Recorded(Wire):
    receipt: ReceiptModel


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def start_generation(
    body: GenerationToStart, context: CommandContextDep, platform: PlatformDep
) -> GenerationStarted:
    """Ask for text; it comes as a suggestion (or, with mode `insert`, as your own insertion of AI text)."""
    shown, receipt = await asked_for(platform, _wish(body, platform), context)
    return GenerationStarted(**generation_model(shown).model_dump(), receipt=receipt_model(receipt))


@router.post("/estimate")
async def estimate_a_generation(body: GenerationToStart, caller: Asker, platform: PlatformDep) -> EstimateModel:
    """Tell what it would cost at most, by which model, from how many sources; nothing is written or charged."""
    estimate = await estimate_generation(platform, caller.context, _wish(body, platform))
    return EstimateModel(
        model=estimate.model,
        offline=estimate.offline,
        route_reason=estimate.route_reason,
        cost_micros_max=estimate.cost_micros_max,
        currency=estimate.currency,
        input_tokens_about=estimate.input_tokens_about,
        output_tokens_max=estimate.output_tokens_max,
        sources=len(estimate.sources),
    )


@router.get("/{generation_id}")
async def get_generation(generation_id: UUID, caller: Watcher, platform: PlatformDep) -> GenerationModel:
    """Return how a generation stands; its text is a proposal of whoever asked, not content of the document."""
    loaded = await seen_generation(platform, GenerationId(generation_id), caller.context)
    return await _model(platform, loaded, caller.context)


@router.get("/{generation_id}/stream", response_class=StreamingResponse)
async def follow_generation(
    generation_id: UUID,
    request: Request,
    caller: Watcher,
    platform: PlatformDep,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Follow the text as it is written: `delta` {seq, text}, `state` {state}, and `done` with the generation."""
    loaded = await seen_generation(platform, GenerationId(generation_id), caller.context)
    still = StillAllowed(request, caller, document_of(loaded))
    return await event_stream(
        _told(platform, GenerationId(generation_id), still, last_event_id), caller, still.followers
    )


@router.delete("/{generation_id}")
async def cancel_generation(generation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> Recorded:
    """Stop it: nothing more is written and nothing more is paid."""
    return Recorded(receipt=receipt_model(await cancelled(platform, GenerationId(generation_id), context)))


@router.post("/{generation_id}/feedback")
async def rate_generation(
    generation_id: UUID, body: Rating, context: CommandContextDep, platform: PlatformDep
) -> Rated:
    """Say how good it is, from 1 to 5, and why. Whoever may read the document may."""
    document_id = document_of(await seen_generation(platform, GenerationId(generation_id), context.tenant))
    command = RateGeneration(
        generation_id=GenerationId(generation_id), document_id=document_id, rating=body.rating, comment=body.comment
    )
    return Rated(receipt=receipt_model(await platform.executor.execute(command, context)))


@router.get("/{generation_id}/feedback")
async def get_own_rating_of_generation(generation_id: UUID, caller: Asker, platform: PlatformDep) -> OwnRatingModel:
    """Return what you last said of it."""
    own = await own_rating_of_generation(platform, caller.context, GenerationId(generation_id))
    return own_rating_model(own)


def _wish(body: GenerationToStart, platform: Platform) -> RequestGeneration:
    return RequestGeneration(
        generation_id=GenerationId(platform.new_id()),
        document_id=DocumentId(body.document_id),
        kind=body.kind,
        mode=body.mode,
        instruction=body.instruction,
        block_from=None if body.target is None else body.target.block_from,
        block_to=None if body.target is None else body.target.block_to,
        template=body.template,
        values=packed_values(body.variables),
    )


async def _model(platform: Platform, loaded: LoadedGeneration, context: TenantContext) -> GenerationModel:
    return generation_model(await shown_generation(platform, loaded, context))


async def _told(
    platform: Platform, generation_id: GenerationId, still: StillAllowed, last_event_id: str | None
) -> AsyncIterator[ServerEvent | None]:
    """Yield the text from after `last_event_id` (how much of it was seen), and its end."""
    sent = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else 0
    async with aclosing(followed(platform, generation_id, still, sent=sent)) as told:  # type: ignore[type-var]
        async for one in told:
            match one:
                case None:
                    yield None
                case Began():
                    yield ServerEvent("state", {"state": "streaming"})
                case Written():
                    yield ServerEvent("delta", {"seq": one.seq, "text": one.text}, id=str(one.seq))
                case LoadedGeneration():
                    model = await _model(platform, one, await still())
                    yield ServerEvent("state", {"state": model.state})
                    yield ServerEvent("done", model.model_dump(mode="json"))
