"""Content from elsewhere into a document: in place of what it holds, or after it."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.datastructures import Headers

from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.platform import Platform
from api.rest.documents import content_answer
from api.rest.models import WriteAnswer
from commands.document.import_content import ImportContent
from commands.event_log import CommandContext
from domain.document.body import Source, SourceFormat
from domain.ids import DocumentId

router = APIRouter(prefix="/api/v1/documents", tags=["content"])

DOCX_MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES: Final = {
    "text/markdown": SourceFormat.MARKDOWN,
    "text/html": SourceFormat.HTML,
    "application/json": SourceFormat.JSON,
    "text/plain": SourceFormat.TEXT,
    DOCX_MEDIA_TYPE: SourceFormat.DOCX,
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "Markdown, HTML, ProseMirror JSON or text in UTF-8, or a DOCX file.",
        "content": {
            **{name: {"schema": {"type": "string"}} for name in MEDIA_TYPES},
            "application/json": {"schema": {"type": "object"}},
            DOCX_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


async def _source(request: Request) -> Source:
    content_format = _format_of(request.headers)
    return Source(format=content_format, content=await request.body())


def _format_of(headers: Headers) -> SourceFormat:
    """Return what the media type says; nothing is guessed from the content."""
    media_type, *parameters = headers.get("content-type", "").lower().split(";")
    content_format = MEDIA_TYPES.get(media_type.strip())
    charsets = {
        value.strip('" ') for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"
    }
    if content_format is None or charsets - {"utf-8", "utf8", "us-ascii"}:
        raise HTTPException(415, f"Content comes in UTF-8 as one of {', '.join(MEDIA_TYPES)}.")
    return content_format


SourceDep = Annotated[Source, Depends(_source)]


@router.put("/{document_id}/content", openapi_extra=_BODY)
async def replace_content(
    document_id: UUID,
    context: CommandContextDep,
    source: SourceDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """
    Make this the content; blocks and words that stay the same keep their authors.

    With If-Match only if the content is still the one whose ETag you saw; otherwise others' edits meanwhile are kept.
    """
    return await _imported(platform, context, response, _command(document_id, source, expected_version, replaces=True))


@router.post("/{document_id}/content", openapi_extra=_BODY)
async def append_content(
    document_id: UUID,
    context: CommandContextDep,
    source: SourceDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Put this after the content; with If-Match only if that is still the one whose ETag you saw."""
    return await _imported(platform, context, response, _command(document_id, source, expected_version, replaces=False))


def _command(document_id: UUID, source: Source, expected_version: int | None, *, replaces: bool) -> ImportContent:
    return ImportContent(
        document_id=DocumentId(document_id), source=source, replaces=replaces, expected_version=expected_version
    )


async def _imported(
    platform: Platform, context: CommandContext, response: Response, command: ImportContent
) -> WriteAnswer:
    return content_answer(await platform.executor.execute(command, context), response)
