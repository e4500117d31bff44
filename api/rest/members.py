"""The tenant's people: who they are, inviting them, their roles, parting with them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.invitation_links import invitation_url
from api.platform import Platform
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import NeedsPermission
from commands.directory.change_role import ChangeRole
from commands.directory.invite_member import InviteMember
from commands.directory.remove_member import RemoveMember
from commands.directory.resend_invitation import ResendInvitation
from commands.directory.revoke_invitation import RevokeInvitation
from domain.directory.membership import INVITATION_LIFETIME
from domain.directory.roles import Role
from domain.ids import InvitationId, MemberId
from projections import directory
from projections.directory import InvitationCard, MemberCard
from tenancy.roles import Permission
from tenancy.secrets import Secret, new_secret

router = APIRouter(prefix="/api/v1/members", tags=["tenant"])

MemberReader = Annotated[Caller, Depends(NeedsPermission(Permission.MEMBER_READ))]


class MemberModel(Wire):
    """Somebody who is, will be or was a member; an invitation's `id` is the member that it becomes."""

    id: UUID
    name: str
    email: str
    role: Role
    status: Literal["active", "invited", "removed"]
    added_at: datetime
    joined_at: datetime | None = None
    invitation_id: UUID | None = None
    expires_at: datetime | None = None


class MemberList(Wire):
    items: list[MemberModel]
    next_cursor: str | None = None


class PersonToInvite(Wire):
    email: str
    name: str | None = None
    role: Role


class InvitationMade(Wire):
    """`url` is shown once: a repeated request answers null."""

    invitation_id: UUID
    url: str | None
    expires_at: datetime
    receipt: ReceiptModel


class NewRole(Wire):
    role: Role


class Done(Wire):
    receipt: ReceiptModel


@router.get("")
async def list_members(
    caller: MemberReader,
    platform: PlatformDep,
    removed: Annotated[bool, Query(description="Those who left, too.")] = False,  # noqa: FBT002  # a query parameter
) -> MemberList:
    """List the tenant's members and who is invited."""
    tenant_id = caller.context.tenant_id
    async with platform.reads.as_app(caller.context) as connection:
        found = await (directory.everybody if removed else directory.all_members)(connection, tenant_id)
        invited = await directory.open_invitations(connection, tenant_id)
    return MemberList(items=[*map(_member, found), *map(_invited, invited)])


@router.post("/invitations", status_code=201)
async def invite_member(wanted: PersonToInvite, context: CommandContextDep, platform: PlatformDep) -> InvitationMade:
    """Invite somebody; give them the link, which is shown once and lasts a week."""
    secret, invitation_id = new_secret("coli"), InvitationId(platform.new_id())
    command = InviteMember(
        invitation_id=invitation_id,
        member_id=MemberId(platform.new_id()),
        email=wanted.email,
        name=wanted.name if wanted.name is not None else wanted.email.partition("@")[0],
        role=wanted.role,
        secret_hash=secret.digest,
    )
    receipt = await platform.executor.execute(command, context)
    return InvitationMade(
        invitation_id=receipt.stream_id,
        url=await _url(platform, secret),
        expires_at=context.now + INVITATION_LIFETIME,
        receipt=receipt_model(receipt),
    )


@router.post("/invitations/{invitation_id}/resend")
async def resend_invitation(invitation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> InvitationMade:
    """Make another link for an invitation; the former one is void."""
    secret = new_secret("coli")
    command = ResendInvitation(invitation_id=InvitationId(invitation_id), secret_hash=secret.digest)
    receipt = await platform.executor.execute(command, context)
    return InvitationMade(
        invitation_id=invitation_id,
        url=await _url(platform, secret),
        expires_at=context.now + INVITATION_LIFETIME,
        receipt=receipt_model(receipt),
    )


@router.delete("/invitations/{invitation_id}")
async def revoke_invitation(invitation_id: UUID, context: CommandContextDep, platform: PlatformDep) -> Done:
    """Take an invitation back."""
    command = RevokeInvitation(invitation_id=InvitationId(invitation_id))
    return Done(receipt=receipt_model(await platform.executor.execute(command, context)))


@router.post("/{member_id}/role")
async def change_role(member_id: UUID, wanted: NewRole, context: CommandContextDep, platform: PlatformDep) -> Done:
    """Give a member another role; it counts from the next request on, and in open connections within a second."""
    command = ChangeRole(member_id=MemberId(member_id), role=wanted.role)
    return Done(receipt=receipt_model(await platform.executor.execute(command, context)))


@router.delete("/{member_id}")
async def remove_member(member_id: UUID, context: CommandContextDep, platform: PlatformDep) -> Done:
    """Part with a member: sessions, keys and open connections end, what was written stays."""
    receipt = await platform.executor.execute(RemoveMember(member_id=MemberId(member_id)), context)
    await platform.passwords.forget(MemberId(member_id), context.tenant)
    return Done(receipt=receipt_model(receipt))


async def _url(platform: Platform, secret: Secret) -> str | None:
    """Return the link, if it leads anywhere: a repeated request made none."""
    return invitation_url(platform.public_url, secret) if await platform.credentials.find(secret.digest) else None


def _member(card: MemberCard) -> MemberModel:
    return MemberModel(
        id=card.member_id,
        name=card.name,
        email=card.email,
        role=Role(card.role),
        status="active" if card.removed_at is None else "removed",
        added_at=card.added_at,
        joined_at=card.added_at,
    )


def _invited(card: InvitationCard) -> MemberModel:
    return MemberModel(
        id=card.member_id,
        name=card.name,
        email=card.email,
        role=Role(card.role),
        status="invited",
        added_at=card.invited_at,
        invitation_id=card.invitation_id,
        expires_at=card.expires_at,
    )
