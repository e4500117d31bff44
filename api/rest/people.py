"""Whom a document can be shared with: the tenant's members by name, for whoever may share."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.authentication import Caller, PlatformDep
from api.rest.models import Wire
from api.rest.reading import NeedsPermission
from projections import directory
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["documents"])

Sharer = Annotated[Caller, Depends(NeedsPermission(Permission.DOCUMENT_SHARE))]


class PersonCard(Wire):
    id: UUID
    name: str
    email: str


class PersonList(Wire):
    items: list[PersonCard]
    next_cursor: None = None


@router.get("/people")
async def list_people(caller: Sharer, platform: PlatformDep) -> PersonList:
    """List the tenant's members, without what only administrators are told of them."""
    async with platform.reads.as_app(caller.context) as connection:
        found = await directory.all_members(connection, caller.context.tenant_id)
    return PersonList(items=[PersonCard(id=card.member_id, name=card.name, email=card.email) for card in found])
