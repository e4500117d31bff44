"""With whom a document is shared."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.rest.documents import answer
from api.rest.models import Wire, WriteAnswer
from api.rest.reading import Reader
from commands.document.share_document import ShareDocument
from commands.streams import load_body_kind
from domain.document.decisions import NoSuchDocument
from domain.document.sharing import PEOPLE_MAX, Access, Sharing
from domain.ids import DocumentId, MemberId
from projections.document_access import sharing_of
from tenancy.document_rights import permissions_on

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])


class PersonModel(Wire):
    member_id: UUID
    access: Access


class SharingModel(Wire):
    """`restricted_by` and the tenant's owners have access unlisted; nobody has more than their role allows."""

    sharing: Sharing
    people: list[PersonModel]
    restricted_by: UUID | None
    version: int
    viewer_can: list[str]


class SharingToSet(Wire):
    sharing: Sharing
    people: Annotated[tuple[PersonModel, ...], Field(max_length=PEOPLE_MAX)] = ()


@router.get("/{document_id}/sharing")
async def get_sharing(document_id: UUID, caller: Reader, platform: PlatformDep, response: Response) -> SharingModel:
    """Return with whom the document is shared."""
    context, wanted = caller.context, DocumentId(document_id)
    access = await platform.document_rights.access(wanted, context)
    if access is None:
        raise NoSuchDocument(wanted)
    await load_body_kind(platform.log, wanted, context)
    async with platform.reads.as_app(context) as connection:
        card = await sharing_of(connection, context.tenant_id, wanted)
    response.headers["ETag"] = f'"{card.version}"'
    return SharingModel(
        sharing=card.sharing,
        people=[PersonModel(member_id=member, access=access) for member, access in sorted(card.people.items())],
        restricted_by=card.restricted_by,
        version=card.version,
        viewer_can=permissions_on(access, context),
    )


@router.put("/{document_id}/sharing")
async def put_sharing(
    document_id: UUID,
    wanted: SharingToSet,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Share the document by role with the whole tenant, or with these people only; If-Match is this ETag."""
    command = ShareDocument(
        document_id=DocumentId(document_id),
        sharing=wanted.sharing,
        people=tuple((MemberId(p.member_id), p.access) for p in wanted.people),
        expected_version=expected_version,
    )
    return answer(await platform.executor.execute(command, context), response)
