"""A document's content as a DOCX file to keep."""

import json
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi import Response

from api.platform import Platform
from api.provenance import read_provenance
from api.rest.content_import import DOCX_MEDIA_TYPE
from api.rest.content_provenance import summary
from api.rest.provenance import provenance_model
from api.rest.reading import STALE_HEADER
from commands.bodies import FileFacts
from commands.content_work import content_work_of
from commands.streams import load_document_state
from domain.document.decisions import require_written
from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from tenancy.context import TenantContext
from tenancy.document_rights import Access

FILE_NAME_CHARACTERS_MAX: Final = 80
_NOT_IN_A_NAME: Final = re.compile(r"[^\w .-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocxFile:
    content: bytes
    title: str
    position: int
    is_fresh: bool


async def render_docx(
    platform: Platform, context: TenantContext, document_id: DocumentId, at: int | None, *, with_provenance: bool
) -> DocxFile:
    """Return the file; its properties name authors only when they are asked for. Raises NoSuchDocument."""
    await platform.document_rights.require(document_id, context, Access.READ)
    document = await load_document_state(platform.log, document_id, context, until_position=at)
    require_written(document.state, document_id)
    facts, is_fresh = FileFacts(title=document.state.title, written_at=platform.now()), True
    if with_provenance:
        found = await read_provenance(platform, context, document_id, at)
        told = summary(await provenance_model(platform, context, found))
        names = dict.fromkeys(author["author"].get("name") or author["origin"] for author in told["authors"])
        facts = FileFacts(
            title=facts.title,
            written_at=facts.written_at,
            authors=tuple(names),
            provenance=json.dumps(told, ensure_ascii=False),
        )
        body, is_fresh = found.body, found.is_fresh
    else:
        platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
        body = await platform.body_states.load(document_id, context, until_position=at)
    content = await content_work_of(
        context.tenant_id, platform.bodies.render_docx, document.state.body, body.state, facts
    )
    return DocxFile(content=content, title=facts.title, position=body.position, is_fresh=is_fresh)


def file_answer(file: DocxFile) -> Response:
    headers = {
        "ETag": f'"{file.position}"',
        "X-Colophon-Position": str(file.position),
        "Content-Disposition": disposition(file.title),
        "X-Content-Type-Options": "nosniff",
    }
    if not file.is_fresh:
        headers[STALE_HEADER] = "true"
    return Response(file.content, media_type=DOCX_MEDIA_TYPE, headers=headers)


def disposition(title: str) -> str:
    """Return the header that names a file after a title: no path, no quote, no control character can be in it."""
    name = _NOT_IN_A_NAME.sub("_", title).strip(" ._")[:FILE_NAME_CHARACTERS_MAX] or "document"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}.docx\"; filename*=UTF-8''{quote(name)}.docx"
