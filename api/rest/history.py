"""Taking back and bringing back what a document was: restore, undo, redo, revert; If-Match takes the content's ETag."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.rest.documents import content_answer
from api.rest.models import Wire, WriteAnswer
from api.rest.reading import POSITION_MAX
from commands.history.restore_content import RestoreContent
from commands.history.revert_contribution import RevertContribution
from commands.history.undo_edits import RedoEdits, UndoEdits
from domain.ids import DocumentId, GenerationId, MemberId

router = APIRouter(prefix="/api/v1/documents", tags=["history"])

Position = Annotated[int, Field(ge=0, le=POSITION_MAX)]


class ToRestore(Wire):
    """A position of the log, as revisions and receipts tell it."""

    position: Position


class ToRevert(Wire):
    """Either the member or the generation whose contribution goes; `from` leaves what came up to that position."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    member_id: UUID | None = None
    generation_id: UUID | None = None
    from_position: Annotated[Position | None, Field(alias="from")] = None


@router.post("/{document_id}/restore")
async def restore_content(
    document_id: UUID,
    wanted: ToRestore,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Bring the content back as it was at a position, by one more edit; text keeps its authors."""
    command = RestoreContent(
        document_id=DocumentId(document_id), position=wanted.position, expected_version=expected_version
    )
    return content_answer(await platform.executor.execute(command, context), response)


@router.post("/{document_id}/undo")
async def undo_edits(
    document_id: UUID,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Take back your own last edit of this document, whichever device it came from; what others wrote stays."""
    command = UndoEdits(document_id=DocumentId(document_id), expected_version=expected_version)
    return content_answer(await platform.executor.execute(command, context), response)


@router.post("/{document_id}/redo")
async def redo_edits(
    document_id: UUID,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Bring back what you undid last; your next edit ends what can be redone."""
    command = RedoEdits(document_id=DocumentId(document_id), expected_version=expected_version)
    return content_answer(await platform.executor.execute(command, context), response)


@router.post("/{document_id}/revert")
async def revert_contribution(
    document_id: UUID,
    wanted: ToRevert,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Take back what one member or one generation wrote and deleted; others' text stays, also inside it."""
    command = RevertContribution(
        document_id=DocumentId(document_id),
        member_id=MemberId(wanted.member_id) if wanted.member_id else None,
        generation_id=GenerationId(wanted.generation_id) if wanted.generation_id else None,
        from_position=wanted.from_position,
        expected_version=expected_version,
    )
    return content_answer(await platform.executor.execute(command, context), response)
