"""What happened to a document: its revisions, newest first."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from api.actors import named
from api.authentication import PlatformDep
from api.cursors import Cursors
from api.rest.models import ActorModel, Wire
from api.rest.reading import AtLeast, Limit, Reader, wait_until
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId
from projections import document_history
from projections.catalogue import DOCUMENT_HISTORY
from tenancy.document_rights import Access

router = APIRouter(prefix="/api/v1/documents", tags=["revisions"])


Kind = Literal[
    "created", "edited", "content_restored", "undone", "redone", "reverted", "renamed", "archived", "restored"
]
"""`restored` is out of the archive, `content_restored` is a former state that came back as an edit."""


class RevisionModel(Wire):
    """Read the content of a revision with `content?at=<position_to>`."""

    number: int
    kind: Kind
    position_from: int
    position_to: int
    started_at: datetime
    ended_at: datetime
    edits: int
    author: ActorModel
    title: str | None


class RevisionPage(Wire):
    items: list[RevisionModel]
    next_cursor: str | None


@router.get("/{document_id}/revisions")
async def list_revisions(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    at_least: AtLeast = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> RevisionPage:
    """List revisions; one author's edits without a long pause are one."""
    await wait_until(platform, caller, DOCUMENT_HISTORY, at_least, response)
    tenant_id = caller.context.tenant_id
    cursors = Cursors(platform.cursor_key, f"{tenant_id}/revisions/{document_id}")
    before = None if cursor is None else int(cursors.decode(cursor)[0])
    await platform.document_rights.require(DocumentId(document_id), caller.context, Access.READ)
    async with platform.reads.as_app(caller.context) as connection:
        found = await document_history.revisions(
            connection, tenant_id, DocumentId(document_id), first=limit + 1, before_number=before
        )
        actors = await named(connection, tenant_id, [revision.actor_ref for revision in found])
    if not found and before is None:
        raise NoSuchDocument(DocumentId(document_id))
    shown = found[:limit]
    items = [
        RevisionModel(
            number=r.number,
            kind=r.kind,  # type: ignore[arg-type]  # the projection writes these words only
            position_from=r.position_from,
            position_to=r.position_to,
            started_at=r.started_at,
            ended_at=r.ended_at,
            edits=r.edits,
            author=ActorModel.model_validate(actors[r.actor_ref]),
            title=r.title,
        )
        for r in shown
    ]
    return RevisionPage(items=items, next_cursor=cursors.encode(shown[-1].number) if len(found) > limit else None)
