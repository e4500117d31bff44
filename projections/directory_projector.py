"""Takes every event about tenants, members and credentials, in the transaction of the event itself."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.directory import events
from domain.directory.membership import LastOwner
from domain.directory.roles import Role
from domain.errors import Conflict
from domain.evidence.events import SubjectErased
from domain.ids import MemberId, SessionId, TenantId
from domain.recorded import Recorded
from domain.sealed import ERASED, Sealed
from projections.directory_tables import api_keys, invitations, members, sessions, sign_in_links, tenants
from projections.same_person import forget_person

Issued = events.ApiKeyIssued | events.SignInLinkIssued | events.SessionStarted | events.SessionOpened


class AlreadyTaken(Conflict):
    """A slug belongs to one tenant, an e-mail address to one member or one open invitation of a tenant."""

    code: ClassVar = "directory.already_taken"

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} is already taken.")
        self.what = what

    def facts(self) -> dict[str, object]:
        return {"field": self.what}


class DirectoryProjector:
    """Refuses what must be unique, and the going of a tenant's last owner: appends of a tenant come one by one."""

    name, version = "directory", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {
            events.TenantOpened,
            events.TenantPlanChanged,
            events.TenantSuspended,
            events.TenantResumed,
            events.MemberAdded,
            events.MemberInvited,
            events.InvitationResent,
            events.InvitationRevoked,
            events.InvitationAccepted,
            events.MemberRoleChanged,
            events.MemberRemoved,
            events.PasswordSet,
            events.ApiKeyIssued,
            events.ApiKeyRevoked,
            events.SignInLinkIssued,
            events.SessionStarted,
            events.SessionOpened,
            events.SessionEnded,
            events.SessionsEnded,
            SubjectErased,
        }
    )
    tables = (tenants, members, invitations, api_keys, sign_in_links, sessions)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            try:
                await _take(recorded, transaction)
            except IntegrityError as error:
                taken = "slug" if isinstance(recorded.event, events.TenantOpened) else "email"
                raise AlreadyTaken(taken) from error


async def _take(recorded: Recorded[Sealed], transaction: AsyncConnection) -> None:
    match recorded.event:
        case (
            events.TenantOpened() | events.TenantPlanChanged() | events.TenantSuspended() | events.TenantResumed()
        ) as event:
            await _take_tenant(recorded, event, transaction)
        case (
            events.MemberAdded() | events.MemberRoleChanged() | events.MemberRemoved() | events.PasswordSet()
        ) as event:
            await _take_member(recorded, event, transaction)
        case (
            events.MemberInvited()
            | events.InvitationResent()
            | events.InvitationRevoked()
            | events.InvitationAccepted()
        ) as event:
            await _take_invitation(recorded, event, transaction)
        case SubjectErased() as event:
            await forget_person(transaction, recorded.tenant_id, event.subject_id)
        case _:
            await _take_credential(recorded, transaction)


async def _take_tenant(
    recorded: Recorded[Sealed],
    event: events.TenantOpened | events.TenantPlanChanged | events.TenantSuspended | events.TenantResumed,
    transaction: AsyncConnection,
) -> None:
    tenant, at = recorded.tenant_id, recorded.recorded_at
    match event:
        case events.TenantOpened():
            row = {"tenant_id": tenant, "slug": event.slug, "name": event.name, "plan": event.plan, "opened_at": at}
            await _put(transaction, tenants, row)
        case events.TenantPlanChanged():
            await _change(transaction, tenants, tenant, None, {"plan": event.plan})
        case events.TenantSuspended():
            await _change(transaction, tenants, tenant, None, {"suspended_at": at})
        case events.TenantResumed():
            await _change(transaction, tenants, tenant, None, {"suspended_at": None})


async def _take_member(
    recorded: Recorded[Sealed],
    event: events.MemberAdded | events.MemberRoleChanged | events.MemberRemoved | events.PasswordSet,
    transaction: AsyncConnection,
) -> None:
    tenant, at = recorded.tenant_id, recorded.recorded_at
    match event:
        case events.MemberAdded():
            row = {"tenant_id": tenant, "member_id": event.member_id, "email": event.email, "name": event.name}
            await _put(transaction, members, row | {"role": event.role, "added_at": at})
        case events.MemberRoleChanged():
            await _change(transaction, members, tenant, event.member_id, {"role": event.role})
            if event.former is Role.OWNER:
                await _require_an_owner(transaction, tenant)
        case events.MemberRemoved():
            await _change(transaction, members, tenant, event.member_id, {"removed_at": at, "verifier_id": None})
            await _end_sessions(recorded, event.member_id, None, transaction)
            keys = (api_keys.c.tenant_id == tenant, api_keys.c.member_id == event.member_id)
            still = api_keys.c.revoked_at.is_(None)
            await transaction.execute(update(api_keys).where(*keys, still).values(revoked_at=at))
            gone = (members.c.tenant_id == tenant, members.c.member_id == event.member_id)
            if await transaction.scalar(select(members.c.role).where(*gone)) == Role.OWNER:
                await _require_an_owner(transaction, tenant)
        case events.PasswordSet():
            await _change(transaction, members, tenant, event.member_id, {"verifier_id": event.verifier_id})
            await _end_sessions(recorded, event.member_id, event.kept_session, transaction)


async def _take_invitation(
    recorded: Recorded[Sealed],
    event: events.MemberInvited | events.InvitationResent | events.InvitationRevoked | events.InvitationAccepted,
    transaction: AsyncConnection,
) -> None:
    tenant, at = recorded.tenant_id, recorded.recorded_at
    match event:
        case events.MemberInvited():
            known = (invitations.c.tenant_id == tenant, invitations.c.invitation_id == event.invitation_id)
            if await transaction.scalar(select(invitations.c.invitation_id).where(*known)) is None:
                await _make_room(recorded, event.email, transaction)
            row = {name: getattr(event, name) for name in ("invitation_id", "member_id", "email", "name", "role")}
            secret = {"secret_hash": event.secret_hash, "expires_at": event.expires_at}
            await _put(transaction, invitations, {"tenant_id": tenant, "invited_at": at, **row, **secret})
        case events.InvitationResent():
            secret = {"secret_hash": event.secret_hash, "expires_at": event.expires_at}
            await _change(transaction, invitations, tenant, event.invitation_id, secret)
        case events.InvitationRevoked() | events.InvitationAccepted():
            await _change(transaction, invitations, tenant, event.invitation_id, {"ended_at": at})


async def _take_credential(recorded: Recorded[Sealed], transaction: AsyncConnection) -> None:
    tenant, at, event = recorded.tenant_id, recorded.recorded_at, recorded.event
    match event:
        case events.ApiKeyIssued():
            row = {"key_id": event.key_id, "label": event.label, "scopes": list(event.scopes), "issued_at": at}
            await _put(transaction, api_keys, row | _credential(tenant, event))
        case events.SignInLinkIssued():
            await _put(transaction, sign_in_links, {"link_id": event.link_id} | _credential(tenant, event))
        case events.SessionStarted() | events.SessionOpened():
            row = {"session_id": event.session_id, "started_at": at}
            await _put(transaction, sessions, row | _credential(tenant, event))
            if isinstance(event, events.SessionStarted):
                await _change(transaction, sign_in_links, tenant, event.link_id, {"used_at": at})
        case events.ApiKeyRevoked():
            await _change(transaction, api_keys, tenant, event.key_id, {"revoked_at": at})
        case events.SessionEnded():
            await _change(transaction, sessions, tenant, event.session_id, {"ended_at": at})
        case events.SessionsEnded():
            await _end_sessions(recorded, event.member_id, event.kept_session, transaction)
        case _:
            raise TypeError(f"not an event of the directory: {recorded.name}")


async def _make_room(recorded: Recorded[Sealed], email: str, transaction: AsyncConnection) -> None:
    """Let an invitation go whose time is over, and refuse one for somebody who is a member already."""
    if email == ERASED:
        return  # that is nobody's address: who else was erased is somebody else
    tenant, at = recorded.tenant_id, recorded.recorded_at
    address = func.lower(email)
    over = (invitations.c.tenant_id == tenant, invitations.c.ended_at.is_(None), invitations.c.expires_at <= at)
    await transaction.execute(
        update(invitations).where(*over, func.lower(invitations.c.email) == address).values(ended_at=at)
    )
    there = (members.c.tenant_id == tenant, members.c.removed_at.is_(None), func.lower(members.c.email) == address)
    if await transaction.scalar(select(members.c.member_id).where(*there)):
        raise AlreadyTaken("email")


async def _require_an_owner(transaction: AsyncConnection, tenant: TenantId) -> None:
    owners = (members.c.tenant_id == tenant, members.c.role == Role.OWNER, members.c.removed_at.is_(None))
    if await transaction.scalar(select(members.c.member_id).where(*owners).limit(1)) is None:
        raise LastOwner


async def _end_sessions(
    recorded: Recorded[Sealed], member_id: MemberId, kept: SessionId | None, transaction: AsyncConnection
) -> None:
    others = (
        sessions.c.tenant_id == recorded.tenant_id,
        sessions.c.member_id == member_id,
        sessions.c.ended_at.is_(None),
    )
    ended = update(sessions).where(*others).values(ended_at=recorded.recorded_at)
    await transaction.execute(ended if kept is None else ended.where(sessions.c.session_id != kept))


def _credential(tenant: TenantId, event: Issued) -> dict[str, object]:
    return {
        "tenant_id": tenant,
        "member_id": event.member_id,
        "secret_hash": event.secret_hash,
        "expires_at": event.expires_at,
    }


async def _put(transaction: AsyncConnection, table: Table, row: dict[str, object]) -> None:
    # On the primary key only: a taken slug or address must be refused, not overwritten.
    keys = [column.name for column in table.primary_key]
    await transaction.execute(insert(table).values(row).on_conflict_do_nothing(index_elements=keys))


async def _change(
    transaction: AsyncConnection, table: Table, tenant: TenantId, subject: UUID | None, values: dict[str, object]
) -> None:
    where = [table.c.tenant_id == tenant]
    if subject is not None:
        where.append(next(column for column in table.primary_key if column.name != "tenant_id") == subject)
    await transaction.execute(update(table).where(*where).values(values))
