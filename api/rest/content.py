"""A document's content: read in five formats at any position, edited by blocks."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.editing import OPERATIONS_MAX
from api.platform import Platform
from api.rest.content_docx import file_answer, render_docx
from api.rest.content_provenance import render_with_provenance
from api.rest.documents import content_answer
from api.rest.models import Wire, WriteAnswer
from api.rest.operations import OperationModel, to_domain
from api.rest.reading import POSITION_MAX, STALE_HEADER, Reader
from commands.content_work import content_work_of
from commands.document.edit_document import EditDocument
from commands.streams import load_body_kind
from domain.document.body import ContentFormat
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from tenancy.context import TenantContext
from tenancy.document_rights import Access

router = APIRouter(prefix="/api/v1/documents", tags=["content"])

_MEDIA_TYPES = {
    ContentFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ContentFormat.HTML: "text/html; charset=utf-8",
    ContentFormat.JSON: "application/json",
    ContentFormat.TEXT: "text/plain; charset=utf-8",
}


class Edits(Wire):
    """In order; each operation refers to the body as the ones before it left it."""

    operations: Annotated[list[OperationModel], Field(min_length=1, max_length=OPERATIONS_MAX)]


@router.get("/{document_id}/content", response_class=Response)
async def get_content(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    format: Annotated[  # noqa: A002  # the parameter's public name
        ContentFormat | Literal["docx"], Query()
    ] = ContentFormat.MARKDOWN,
    at: Annotated[
        int | None, Query(ge=0, le=POSITION_MAX, description="As it was after this position of the log.")
    ] = None,
    at_least: Annotated[
        int | None, Query(ge=0, le=POSITION_MAX, description="Content is always read from the log itself.")
    ] = None,
    provenance: Annotated[  # noqa: FBT002  # a query parameter is named
        bool, Query(description="Say who wrote it: front matter, data attributes, a member.")
    ] = False,
) -> Response:
    """Return the content now or at a past position; always current, because it is read from the log."""
    del at_least
    stale: dict[str, str] = {}
    if format == "docx":
        file = await render_docx(platform, caller.context, DocumentId(document_id), at, with_provenance=provenance)
        return file_answer(file)
    if provenance:
        rendered, found = await render_with_provenance(platform, caller.context, DocumentId(document_id), format, at)
        position = found.body.position
        stale = {} if found.is_fresh else {STALE_HEADER: "true"}
    else:
        rendered, position = await render(platform, caller.context, DocumentId(document_id), format, at)
    headers = {"ETag": f'"{position}"', "X-Colophon-Position": str(position), **stale}
    if format is ContentFormat.HTML:
        # Somebody else's text, opened as a page of ours: nothing in it may run.
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self' data:"
    return Response(rendered, media_type=_MEDIA_TYPES[format], headers=headers)


@router.post("/{document_id}/edits")
async def edit_document(
    document_id: UUID,
    edits: Edits,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """
    Change the body by block-level operations, as one edit; others' edits meanwhile are kept.

    With If-Match only if the content is still the one whose ETag you saw; the answer has the next one.
    """
    command = EditDocument(
        document_id=DocumentId(document_id),
        operations=tuple(to_domain(o) for o in edits.operations),
        expected_version=expected_version,
    )
    return content_answer(await platform.executor.execute(command, context), response)


async def render(
    platform: Platform,
    context: TenantContext,
    document_id: DocumentId,
    wanted: ContentFormat,
    at: int | None = None,
) -> tuple[str, int]:
    """Return the content in a format and the position of its last edit. Raises NoSuchDocument."""
    await platform.document_rights.require(document_id, context, Access.READ)
    kind = await load_body_kind(platform.log, document_id, context, until_position=at)
    platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    body = await platform.body_states.load(document_id, context, until_position=at)
    rendered = await content_work_of(context.tenant_id, platform.bodies.render, kind, body.state, wanted)
    return rendered, body.position
