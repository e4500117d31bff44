"""Suggestions of a document: list, follow, make, decide hunk by hunk, withdraw."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.actors import named
from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.cursors import Cursors
from api.platform import Platform
from api.rest.event_stream import ServerEvent, StillAllowed, event_stream
from api.rest.generation_models import SuggestionModel, suggestion_model
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import Limit, Reader
from api.suggesting import ShownSuggestion, Writing, document_of, followed_suggestions, shown_suggestions
from commands.event_log import CommandContext, Receipt
from commands.streams import load_body_kind
from commands.suggestion.decide_suggestion import DecideSuggestion
from commands.suggestion.make_suggestion import MakeSuggestion
from commands.suggestion.withdraw_suggestion import WithdrawSuggestion
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId, SuggestionId
from domain.suggestion.decisions import HUNKS_MAX, NoSuchSuggestion
from projections import suggestions
from tenancy.context import TenantContext
from tenancy.document_rights import Access

router = APIRouter(prefix="/api/v1", tags=["suggestions"])


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
async def follow_suggestions(
    document_id: UUID, request: Request, caller: Reader, platform: PlatformDep
) -> StreamingResponse:
    """
    Follow them: `suggestion` for each open one, then for each that changes.

    And `delta` {generation_id, seq, text} while a model writes.
    """
    await _require_document(platform, DocumentId(document_id), caller.context)
    still = StillAllowed(request, caller, DocumentId(document_id))
    return await event_stream(_told(platform, DocumentId(document_id), still), caller, still.followers)


@router.get("/suggestions/{suggestion_id}")
async def get_suggestion(
    suggestion_id: UUID, caller: Reader, platform: PlatformDep, response: Response
) -> SuggestionModel:
    """Return one suggestion; the ETag is its version."""
    await document_of(platform, caller.context, suggestion_id)
    found = await _models(platform, [SuggestionId(suggestion_id)], caller.context)
    if not found:
        raise NoSuchSuggestion  # its content was erased
    response.headers["ETag"] = f'"{found[0].version}"'
    return found[0]


@router.post("/documents/{document_id}/suggestions", status_code=status.HTTP_201_CREATED)
async def make_suggestion(
    document_id: UUID, body: SuggestionToMake, context: CommandContextDep, platform: PlatformDep, response: Response
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
    # A repeated request answers the suggestion of the first one: the receipt's stream is its id.
    response.headers["Location"] = f"/api/v1/suggestions/{receipt.stream_id}"
    return await _answer(platform, SuggestionId(receipt.stream_id), receipt, context, response)


@router.post("/suggestions/{suggestion_id}/decision")
async def decide_suggestion(
    suggestion_id: UUID,
    body: Decision,
    context: CommandContextDep,
    seen_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> SuggestionAnswer:
    """
    Accept or reject hunks; one whose place is gone is answered as outdated, and nothing is put elsewhere.

    With If-Match only if nobody has decided about it since.
    """
    command = DecideSuggestion(
        suggestion_id=SuggestionId(suggestion_id),
        document_id=await document_of(platform, context.tenant, suggestion_id),
        hunks=tuple({hunk.index: hunk.accept for hunk in body.hunks}.items()),
        reason=body.reason,
        seen_version=seen_version,
    )
    receipt = await platform.executor.execute(command, context)
    return await _answer(platform, command.suggestion_id, receipt, context, response)


@router.post("/suggestions/{suggestion_id}/withdrawal")
async def withdraw_suggestion(
    suggestion_id: UUID,
    context: CommandContextDep,
    seen_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> SuggestionAnswer:
    """Take it back; with If-Match only if nobody has decided about it since."""
    command = WithdrawSuggestion(
        suggestion_id=SuggestionId(suggestion_id),
        document_id=await document_of(platform, context.tenant, suggestion_id),
        seen_version=seen_version,
    )
    receipt = await platform.executor.execute(command, context)
    return await _answer(platform, command.suggestion_id, receipt, context, response)


async def _answer(
    platform: Platform, suggestion_id: SuggestionId, receipt: Receipt, context: CommandContext, response: Response
) -> SuggestionAnswer:
    [shown] = await _models(platform, [suggestion_id], context.tenant)
    response.headers["ETag"] = f'"{shown.version}"'
    return SuggestionAnswer(suggestion=shown, receipt=receipt_model(receipt))


async def _require_document(platform: Platform, document_id: DocumentId, context: TenantContext) -> None:
    await platform.document_rights.require(document_id, context, Access.READ)
    await load_body_kind(platform.log, document_id, context)
    platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)


async def _models(
    platform: Platform, suggestion_ids: list[SuggestionId], context: TenantContext
) -> list[SuggestionModel]:
    return await _shown(platform, await shown_suggestions(platform, context, suggestion_ids), context)


async def _shown(platform: Platform, found: Sequence[ShownSuggestion], context: TenantContext) -> list[SuggestionModel]:
    async with platform.reads.as_app(context) as connection:
        references = [str(recorded.actor) for one in found for recorded in one.loaded.past]
        names = await named(connection, context.tenant_id, references)
    return [suggestion_model(one, names) for one in found]


async def _told(platform: Platform, document_id: DocumentId, still: StillAllowed) -> AsyncIterator[ServerEvent | None]:
    async with aclosing(followed_suggestions(platform, document_id, still)) as told:  # type: ignore[type-var]
        async for one in told:
            match one:
                case None:
                    yield None
                case Writing():
                    data = {"generation_id": one.generation_id, "seq": one.piece.seq, "text": one.piece.text}
                    yield ServerEvent("delta", data)
                case ShownSuggestion():
                    [model] = await _shown(platform, [one], await still())
                    yield ServerEvent("suggestion", model.model_dump(mode="json"))
