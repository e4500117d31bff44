"""Documents: create, list, get, rename, archive."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from api.actors import NamedActor, named
from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.cursors import Cursors
from api.rest.models import (
    DocumentDetail,
    DocumentModel,
    ReceiptModel,
    Wire,
    WriteAnswer,
    document_fields,
    receipt_model,
)
from api.rest.reading import AtLeast, Limit, Reader, found, wait_until
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CONTENT_CHARACTERS_MAX, CreateDocument
from commands.document.rename_document import RenameDocument
from commands.document.restore_document import RestoreDocument
from commands.event_log import Receipt
from domain.document.body import BodyKind
from domain.document.decisions import NoSuchDocument
from domain.document.state import Stage
from domain.ids import DocumentId
from projections import document_library
from projections.catalogue import DOCUMENT_LIBRARY
from projections.document_library import DocumentCard
from tenancy.document_rights import permissions_on

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])


class DocumentToCreate(Wire):
    title: str
    body: BodyKind = BodyKind.RICH
    markdown: str | None = Field(None, max_length=CONTENT_CHARACTERS_MAX)
    text: str | None = Field(None, max_length=CONTENT_CHARACTERS_MAX)

    @model_validator(mode="after")
    def _one_content(self) -> "DocumentToCreate":
        if self.markdown is not None and self.text is not None:
            raise ValueError("give markdown or text, not both")
        return self


class DocumentCreated(Wire):
    id: UUID
    title: str
    body: BodyKind
    version: int
    receipt: ReceiptModel


class DocumentPage(Wire):
    items: list[DocumentModel]
    next_cursor: str | None


class NewTitle(Wire):
    title: str


@router.post("", status_code=201)
async def create_document(
    wanted: DocumentToCreate, context: CommandContextDep, platform: PlatformDep, response: Response
) -> DocumentCreated:
    """Begin a document, empty or with content in Markdown or plain text."""
    command = CreateDocument(
        document_id=DocumentId(platform.new_id()),
        title=wanted.title,
        body=wanted.body,
        markdown=wanted.markdown,
        text=wanted.text,
    )
    receipt = await platform.executor.execute(command, context)
    # A repeated request answers the document of the first one: the receipt's stream is its id.
    document_id = receipt.stream_id
    response.headers["Location"] = f"/api/v1/documents/{document_id}"
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    return DocumentCreated(
        id=document_id,
        title=wanted.title.strip(),
        body=wanted.body,
        version=receipt.stream_version,
        receipt=receipt_model(receipt),
    )


@router.get("")
async def list_documents(
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    text: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Only titles that contain this.")
    ] = "",
    archived: Annotated[bool, Query(description="List the archive instead.")] = False,  # noqa: FBT002  # a query parameter
    at_least: AtLeast = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> DocumentPage:
    """List documents, last changed first."""
    await wait_until(platform, caller, DOCUMENT_LIBRARY, at_least, response)
    tenant_id = caller.context.tenant_id
    cursors = Cursors(platform.cursor_key, f"{tenant_id}/documents")
    after = None
    if cursor is not None:
        updated_at, document_id = cursors.decode(cursor)
        after = (datetime.fromisoformat(str(updated_at)), UUID(str(document_id)))
    wanted = document_library.LibraryFilter(text=text, statuses=(Stage.ARCHIVED if archived else Stage.DRAFT,))
    async with platform.reads.as_app(caller.context) as connection:
        cards = await document_library.page(connection, caller.context, wanted, first=limit + 1, after=after)
        shown, more = cards[:limit], len(cards) > limit
        references = {reference for card in shown for reference in (card.created_by, card.updated_by)}
        actors = dict(await named(connection, tenant_id, references))
    last = shown[-1] if more else None
    return DocumentPage(
        items=[DocumentModel.model_validate(document_fields(card, actors)) for card in shown],
        next_cursor=cursors.encode(last.updated_at.isoformat(), str(last.document_id)) if last else None,
    )


@router.get("/{document_id}")
async def get_document(
    document_id: UUID, caller: Reader, platform: PlatformDep, response: Response, at_least: AtLeast = None
) -> DocumentDetail:
    """Return one document without its content."""
    await wait_until(platform, caller, DOCUMENT_LIBRARY, at_least, response)

    async def read(connection: AsyncConnection) -> tuple[DocumentCard, dict[str, NamedActor]]:
        card = await document_library.card(connection, caller.context, DocumentId(document_id))
        if card is None:
            raise NoSuchDocument(DocumentId(document_id))
        return card, dict(await named(connection, caller.context.tenant_id, [card.created_by, card.updated_by]))

    card, actors = await found(platform, caller.context, DOCUMENT_LIBRARY, read)
    response.headers["ETag"] = f'"{card.version}"'
    can = permissions_on(await platform.document_rights.access(DocumentId(document_id), caller.context), caller.context)
    return DocumentDetail.model_validate({**document_fields(card, actors), "viewer_can": can})


@router.post("/{document_id}/title")
async def rename_document(
    document_id: UUID,
    wanted: NewTitle,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Give the document another title; with If-Match only if it is still the version that you saw."""
    command = RenameDocument(document_id=DocumentId(document_id), title=wanted.title, expected_version=expected_version)
    return answer(await platform.executor.execute(command, context), response)


@router.post("/{document_id}/archival")
async def archive_document(
    document_id: UUID,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Archive the document: still readable, no longer editable."""
    command = ArchiveDocument(document_id=DocumentId(document_id), expected_version=expected_version)
    return answer(await platform.executor.execute(command, context), response)


@router.delete("/{document_id}")
async def delete_document(
    document_id: UUID,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Archive the document; history is never rewritten, so this is what deleting means."""
    return await archive_document(document_id, context, expected_version, platform, response)


@router.delete("/{document_id}/archival")
async def restore_document(
    document_id: UUID,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Take the document out of the archive."""
    command = RestoreDocument(document_id=DocumentId(document_id), expected_version=expected_version)
    return answer(await platform.executor.execute(command, context), response)


def content_answer(receipt: Receipt, response: Response) -> WriteAnswer:
    """Return the receipt of a write of the content, whose ETag is the position of its last edit."""
    response.headers["ETag"] = f'"{receipt.position}"'
    return WriteAnswer(receipt=receipt_model(receipt), version=receipt.stream_version)


def answer(receipt: Receipt, response: Response) -> WriteAnswer:
    """Return a write's receipt, with the new version as ETag."""
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    return WriteAnswer(receipt=receipt_model(receipt), version=receipt.stream_version)
