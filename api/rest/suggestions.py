"""Suggestions of a document: list, follow, make, decide hunk by hunk, withdraw."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, status
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.actors import named
from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.cursors import Cursors
from api.platform import Platform
from api.rest.event_stream import BEAT_SECONDS, ServerEvent, event_stream, still_valid
from api.rest.generation_models import SuggestionModel, suggestion_model
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import Limit, Reader
from commands.generation.generation_stream import load_generation
from commands.streams import load_body_kind
from commands.suggestion.decide_suggestion import DecideSuggestion
from commands.suggestion.make_suggestion import MakeSuggestion
from commands.suggestion.suggestion_stream import LoadedSuggestion, load_suggestion
from commands.suggestion.withdraw_suggestion import WithdrawSuggestion
from domain.generation.events import GenerationCompleted
from domain.ids import DocumentId, GenerationId, SuggestionId
from domain.suggestion.decisions import HUNKS_MAX, NoSuchSuggestion
from domain.suggestion.state import SuggestionState
from projections import suggestions
from tenancy.context import TenantContext
from tenancy.document_rights import Access
from tenancy.keys import generation_channel

router = APIRouter(prefix="/api/v1", tags=["suggestions"])

FOLLOWED_MAX = 100


class SuggestionPage(Wire):
    items: list[SuggestionModel]
    next_cursor: str | None


class SuggestionToMake(Wire):
    """Other Markdown for the blocks `block_from` to `block_to`; an empty range is a place. `quote` guards it."""

    block_from: Annotated[int, Field(ge=0)]
    block_to: Annotated[int, Field(ge=0)]
    quote: str | None = None
    replacement: str
    rationale: str = ""


class HunkDecision(Wire):
    index: int
    accept: bool


class Decision(Wire):
    hunks: Annotated[list[HunkDecision], Field(min_length=1, max_length=HUNKS_MAX)]
    reason: str = ""


class SuggestionAnswer(Wire):
    suggestion: SuggestionModel
    receipt: ReceiptModel


@router.get("/documents/{document_id}/suggestions")
async def list_suggestions(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    state: Annotated[Literal["open", "any"], Query(description="`open`: those with a hunk to decide.")] = "any",
    limit: Limit = 50,
    cursor: str | None = None,
) -> SuggestionPage:
    """List the document's suggestions, newest first."""
    context, wanted = caller.context, DocumentId(document_id)
    await _require_document(platform, wanted, context)
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/suggestions/{document_id}")
    after = None
    if cursor is not None:
        made_at, suggestion_id = cursors.decode(cursor)
        after = (datetime.fromisoformat(str(made_at)), UUID(str(suggestion_id)))
    async with platform.reads.as_app(context) as connection:
        found = await suggestions.page(
            connection, context.tenant_id, wanted, only_open=state == "open", first=limit + 1, after=after
        )
    items = await _models(platform, [suggestion_id for suggestion_id, _ in found[:limit]], context)
    more = len(found) > limit
    last_id, last_at = found[limit - 1] if more else (None, None)
    return SuggestionPage(
        items=items, next_cursor=cursors.encode(last_at.isoformat(), str(last_id)) if last_at is not None else None
    )


@router.get("/documents/{document_id}/suggestions/stream", response_class=StreamingResponse)
async def follow_suggestions(document_id: UUID, caller: Reader, platform: PlatformDep) -> StreamingResponse:
    """Follow them: `suggestion` at every change, `delta` {generation_id, seq, text} while a model writes."""
    await _require_document(platform, DocumentId(document_id), caller.context)
    return event_stream(_followed(platform, caller, DocumentId(document_id)), caller)


@router.get("/suggestions/{suggestion_id}")
async def get_suggestion(suggestion_id: UUID, caller: Reader, platform: PlatformDep) -> SuggestionModel:
    """Return one suggestion."""
    await _document_of(platform, suggestion_id, caller.context, Access.READ)
    return (await _models(platform, [SuggestionId(suggestion_id)], caller.context))[0]


@router.post("/documents/{document_id}/suggestions", status_code=status.HTTP_201_CREATED)
async def make_suggestion(
    document_id: UUID, body: SuggestionToMake, context: CommandContextDep, platform: PlatformDep
) -> SuggestionAnswer:
    """Propose other text; it is no content before somebody who may write accepts it."""
    suggestion_id = SuggestionId(platform.new_id())
    command = MakeSuggestion(
        suggestion_id=suggestion_id,
        document_id=DocumentId(document_id),
        block_from=body.block_from,
        block_to=body.block_to,
        quote=body.quote,
        replacement=body.replacement,
        rationale=body.rationale,
    )
    receipt = await platform.executor.execute(command, context)
    shown = (await _models(platform, [SuggestionId(receipt.stream_id)], context.tenant))[0]
    return SuggestionAnswer(suggestion=shown, receipt=receipt_model(receipt))


@router.post("/suggestions/{suggestion_id}/decision")
async def decide_suggestion(
    suggestion_id: UUID, body: Decision, context: CommandContextDep, platform: PlatformDep
) -> SuggestionAnswer:
    """Accept or reject hunks; one whose place is gone is answered as outdated, and nothing is put elsewhere."""
    document_id = await _document_of(platform, suggestion_id, context.tenant, Access.READ)
    command = DecideSuggestion(
        suggestion_id=SuggestionId(suggestion_id),
        document_id=document_id,
        hunks=tuple({hunk.index: hunk.accept for hunk in body.hunks}.items()),
        reason=body.reason,
    )
    receipt = await platform.executor.execute(command, context)
    shown = (await _models(platform, [SuggestionId(suggestion_id)], context.tenant))[0]
    return SuggestionAnswer(suggestion=shown, receipt=receipt_model(receipt))


@router.post("/suggestions/{suggestion_id}/withdrawal")
async def withdraw_suggestion(
    suggestion_id: UUID, context: CommandContextDep, platform: PlatformDep
) -> SuggestionAnswer:
    """Take it back."""
    document_id = await _document_of(platform, suggestion_id, context.tenant, Access.READ)
    command = WithdrawSuggestion(suggestion_id=SuggestionId(suggestion_id), document_id=document_id)
    receipt = await platform.executor.execute(command, context)
    shown = (await _models(platform, [SuggestionId(suggestion_id)], context.tenant))[0]
    return SuggestionAnswer(suggestion=shown, receipt=receipt_model(receipt))


async def _require_document(platform: Platform, document_id: DocumentId, context: TenantContext) -> None:
    await platform.document_rights.require(document_id, context, Access.READ)
    await load_body_kind(platform.log, document_id, context)


async def _document_of(platform: Platform, suggestion_id: UUID, context: TenantContext, wanted: Access) -> DocumentId:
    async with platform.reads.as_app(context) as connection:
        document_id = await suggestions.document_of_suggestion(connection, context.tenant_id, suggestion_id)
    if document_id is None or document_id in await platform.document_rights.hidden(context):
        raise NoSuchSuggestion
    await platform.document_rights.require(document_id, context, wanted)
    return document_id


async def _models(
    platform: Platform, suggestion_ids: list[SuggestionId], context: TenantContext
) -> list[SuggestionModel]:
    loaded = [await load_suggestion(platform.log, suggestion_id, context) for suggestion_id in suggestion_ids]
    known = [one for one in loaded if one.state.state is not SuggestionState.UNKNOWN]
    async with platform.reads.as_app(context) as connection:
        names = await named(connection, context.tenant_id, [str(r.actor) for one in known for r in one.past])
    models = []
    for one in known:
        written = await _written(platform, one, context)
        models.append(suggestion_model(one, written, names))
    return models


async def _written(platform: Platform, loaded: LoadedSuggestion, context: TenantContext) -> GenerationCompleted | None:
    made = loaded.state.made
    if made is None or made.generation_id is None:
        return None
    return (await load_generation(platform.log, GenerationId(made.generation_id), context)).state.completed


async def _followed(platform: Platform, caller: Caller, document_id: DocumentId) -> AsyncIterator[ServerEvent | None]:
    """Yield every open suggestion, then each one that changes, and the text of whatever is being written."""
    context = caller.context
    seen: dict[SuggestionId, str] = {}
    heard: dict[GenerationId, int] = {}
    since_beat = 0.0
    while True:
        await platform.document_rights.require(document_id, context, Access.READ)
        async with platform.reads.as_app(context) as connection:
            page = await suggestions.page(
                connection, context.tenant_id, document_id, only_open=False, first=FOLLOWED_MAX
            )
            under_way = await suggestions.open_generations(connection, context.tenant_id, document_id)
        for model in await _models(platform, [suggestion_id for suggestion_id, _ in page], context):
            encoded = model.model_dump_json()
            if seen.get(SuggestionId(model.id)) != encoded:
                seen[SuggestionId(model.id)] = encoded
                yield ServerEvent("suggestion", model.model_dump(mode="json"))
        if under_way:
            async for event in _deltas(platform, context, under_way, heard):
                yield event
            continue
        waited = BEAT_SECONDS / 10
        await platform.growth.wait_for_growth(context.tenant_id, seconds_max=waited)
        since_beat += waited
        if since_beat >= BEAT_SECONDS:
            since_beat = 0.0
            if not await still_valid(platform, caller):
                return
            yield None


async def _deltas(
    platform: Platform, context: TenantContext, under_way: list[GenerationId], heard: dict[GenerationId, int]
) -> AsyncIterator[ServerEvent]:
    """Yield what the first of them has written since, and wait a little for more."""
    generation_id = under_way[0]
    async with platform.generations.watched(generation_channel(context.tenant_id, generation_id)) as viewer:
        text = viewer.live.text
        sent = heard.get(generation_id, 0)
        if len(text) > sent:
            heard[generation_id] = len(text)
            yield ServerEvent("delta", {"generation_id": generation_id, "seq": len(text), "text": text[sent:]})
        await platform.growth.wait_for_growth(context.tenant_id, seconds_max=0.1)
