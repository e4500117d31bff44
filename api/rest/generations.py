"""Text asked of a model for a document: ask, look, follow, stop, rate."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, status
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.platform import Platform
from api.rest.event_stream import BEAT_SECONDS, ServerEvent, event_stream, still_valid, wait_for
from api.rest.generation_models import GenerationModel, Target, generation_model
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import NeedsPermission
from commands.event_log import CommandContext
from commands.generation.cancel_generation import CancelGeneration
from commands.generation.generation_stream import LoadedGeneration, load_generation
from commands.generation.rate_generation import RateGeneration
from commands.generation.request_generation import RequestGeneration
from domain.generation.decisions import INSTRUCTION_CHARACTERS_MAX, NoSuchGeneration
from domain.generation.events import GenerationKind, GenerationMode
from domain.generation.state import GenerationState
from domain.ids import DocumentId, GenerationId
from projections import suggestions
from tenancy.context import TenantContext
from tenancy.document_rights import Access
from tenancy.keys import generation_channel
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/generations", tags=["generations"])

LOOK_SECONDS = 0.25
"""How often the log is asked whether the generation has ended, besides being told by its text."""

Watcher = Annotated[Caller, Depends(NeedsPermission(Permission.DOCUMENT_READ))]


class GenerationToStart(Wire):
    document_id: UUID
    kind: GenerationKind
    instruction: Annotated[str, Field(max_length=INSTRUCTION_CHARACTERS_MAX)] = ""
    target: Target | None = None
    mode: GenerationMode = GenerationMode.SUGGEST


class GenerationStarted(GenerationModel):
    receipt: ReceiptModel


class Rating(Wire):
    rating: Annotated[int, Field(ge=-1, le=1)]
    comment: str = ""


class Recorded(Wire):
    receipt: ReceiptModel


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def start_generation(
    body: GenerationToStart, context: CommandContextDep, platform: PlatformDep
) -> GenerationStarted:
    """Ask for text; it comes as a suggestion (or, with mode `insert`, as your own insertion of AI text)."""
    document_id = DocumentId(body.document_id)
    async with platform.reads.as_app(context.tenant) as connection:
        under_way = await suggestions.open_generations(connection, context.tenant.tenant_id, document_id)
    command = RequestGeneration(
        generation_id=GenerationId(platform.new_id()),
        document_id=document_id,
        kind=body.kind,
        mode=body.mode,
        instruction=body.instruction,
        block_from=None if body.target is None else body.target.block_from,
        block_to=None if body.target is None else body.target.block_to,
        open_in_document=len(under_way),
    )
    receipt = await platform.executor.execute(command, context)
    # A repetition under the same Idempotency-Key has begun nothing: what it began the first time is shown.
    loaded = await load_generation(platform.log, GenerationId(receipt.stream_id), context.tenant)
    shown = generation_model(loaded, streaming=False)
    return GenerationStarted(**shown.model_dump(), receipt=receipt_model(receipt))


@router.get("/{generation_id}")
async def get_generation(generation_id: UUID, caller: Watcher, platform: PlatformDep) -> GenerationModel:
    """Return how a generation stands; its text is a proposal of whoever asked, not content of the document."""
    loaded = await _seen(platform, generation_id, caller.context)
    return generation_model(loaded, streaming=False)


@router.get("/{generation_id}/stream", response_class=StreamingResponse)
async def follow_generation(
    generation_id: UUID,
    caller: Watcher,
    platform: PlatformDep,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Follow the text as it is written: `delta` {seq, text}, `state` {state}, and `done` with the generation."""
    await _seen(platform, generation_id, caller.context)
    return event_stream(_followed(platform, caller, GenerationId(generation_id), last_event_id), caller)


@router.delete("/{generation_id}")
async def cancel_generation(generation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> Recorded:
    """Stop it: nothing more is written and nothing more is paid."""
    document_id = await _document_of(platform, generation_id, context.tenant)
    command = CancelGeneration(generation_id=GenerationId(generation_id), document_id=document_id)
    return await _done(platform, command, context)


@router.post("/{generation_id}/feedback")
async def rate_generation(
    generation_id: UUID, body: Rating, context: CommandContextDep, platform: PlatformDep
) -> Recorded:
    """Say whether it was of use: 1 or -1, and why."""
    document_id = await _document_of(platform, generation_id, context.tenant)
    command = RateGeneration(
        generation_id=GenerationId(generation_id), document_id=document_id, rating=body.rating, comment=body.comment
    )
    return await _done(platform, command, context)


async def _done(platform: Platform, command: object, context: CommandContext) -> Recorded:
    return Recorded(receipt=receipt_model(await platform.executor.execute(command, context)))


async def _document_of(platform: Platform, generation_id: UUID, context: TenantContext) -> DocumentId:
    async with platform.reads.as_app(context) as connection:
        row = await suggestions.generation_row(connection, context.tenant_id, generation_id)
    if row is None:
        raise NoSuchGeneration
    return row.document_id


async def _seen(platform: Platform, generation_id: UUID, context: TenantContext) -> LoadedGeneration:
    """Return the generation if whoever asks may read its document; else there is none."""
    loaded = await load_generation(platform.log, GenerationId(generation_id), context)
    requested = loaded.state.requested
    if requested is None or requested.document_id in await platform.document_rights.hidden(context):
        raise NoSuchGeneration
    await platform.document_rights.require(requested.document_id, context, Access.READ)
    return loaded


async def _followed(
    platform: Platform, caller: Caller, generation_id: GenerationId, last_event_id: str | None
) -> AsyncIterator[ServerEvent | None]:
    """Yield the text from after `last_event_id` (how much of it was seen), and its end."""
    sent = int(last_event_id) if last_event_id and last_event_id.isdigit() else 0
    state, silent = "", 0.0
    channel = generation_channel(caller.context.tenant_id, generation_id)
    async with platform.generations.watched(channel) as viewer:
        while True:
            loaded = await _seen(platform, generation_id, caller.context)
            over = loaded.state.state is not GenerationState.QUEUED
            text = loaded.state.completed.text if loaded.state.completed is not None else viewer.live.text
            shown = "streaming" if not over and viewer.live.begun else str(loaded.state.state)
            if shown != state:
                state, silent = shown, 0.0
                yield ServerEvent("state", {"state": state})
            if len(text) > sent:
                piece, sent, silent = text[sent:], len(text), 0.0
                yield ServerEvent("delta", {"seq": sent, "text": piece}, id=str(sent))
            if over:
                yield ServerEvent("done", generation_model(loaded, streaming=False).model_dump(mode="json"))
                return
            while not await wait_for(viewer.changed, LOOK_SECONDS):
                silent += LOOK_SECONDS
                if silent >= BEAT_SECONDS:
                    silent = 0.0
                    if not await still_valid(platform, caller):
                        return
                    yield None
                break
