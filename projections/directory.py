"""Who belongs to the tenant and with which credentials: the questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import ApiKeyId, InvitationId, MemberId, SessionId, TenantId
from projections.directory_tables import api_keys, invitations, members, sessions, tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCard:
    tenant_id: TenantId
    slug: str
    name: str
    plan: str
    opened_at: datetime
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    member_id: MemberId
    email: str
    name: str
    role: str
    added_at: datetime
    removed_at: datetime | None = None

    @property
    def status(self) -> str:
        return "active" if self.removed_at is None else "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCard:
    """An invitation that nobody has accepted or taken back; its time may be over."""

    invitation_id: InvitationId
    member_id: MemberId
    email: str
    name: str
    role: str
    invited_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    session_id: SessionId
    started_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCard:
    key_id: ApiKeyId
    member_id: MemberId
    label: str
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def all_api_keys(connection: AsyncConnection, tenant_id: TenantId) -> list[ApiKeyCard]:
    """Return the tenant's API keys, revoked ones too, by when they were issued."""
    columns = [api_keys.c[name] for name in ApiKeyCard.__dataclass_fields__]
    query = select(*columns).where(api_keys.c.tenant_id == tenant_id).order_by(api_keys.c.issued_at)
    return [ApiKeyCard(**row._mapping) for row in await connection.execute(query)]


async def tenant_card(connection: AsyncConnection, tenant_id: TenantId) -> TenantCard:
    """Return the tenant of the transaction."""
    columns = [tenants.c[name] for name in TenantCard.__dataclass_fields__]
    row = (await connection.execute(select(*columns).where(tenants.c.tenant_id == tenant_id))).one()
    return TenantCard(**row._mapping)


async def plan_of(connection: AsyncConnection, tenant_id: TenantId) -> str | None:
    """Return the name of the tenant's plan; None for the house itself, which has none."""
    return (
        await connection.execute(select(tenants.c.plan).where(tenants.c.tenant_id == tenant_id))
    ).scalar_one_or_none()


async def all_members(connection: AsyncConnection, tenant_id: TenantId) -> list[MemberCard]:
    """Return the tenant's members, by when they came, without those who left."""
    return await _members(connection, members.c.tenant_id == tenant_id, members.c.removed_at.is_(None))


async def members_named(
    connection: AsyncConnection, tenant_id: TenantId, query: str, *, first: int, after: tuple[datetime, UUID] | None
) -> list[MemberCard]:
    """Return members a word of whose name begins with the query, by when they came, without those who left."""
    c = members.c
    # A space before both makes the first word one like the others.
    named = (literal(" ") + func.lower(c.name)).contains(f" {query.lower()}", autoescape=True)
    where = [c.tenant_id == tenant_id, c.removed_at.is_(None), named]
    if after is not None:
        where.append(tuple_(c.added_at, c.member_id) > after)
    return await _members(connection, *where, first=first)


async def everybody(connection: AsyncConnection, tenant_id: TenantId) -> list[MemberCard]:
    """Return whoever is or was a member."""
    return await _members(connection, members.c.tenant_id == tenant_id)


async def names_known(connection: AsyncConnection, tenant_id: TenantId, *, first: int) -> list[str]:
    """Return the names of whoever is, was or was asked to become a member, the newest first."""
    invited = select(invitations.c.name, invitations.c.invited_at.label("since")).where(
        invitations.c.tenant_id == tenant_id, invitations.c.ended_at.is_(None)
    )
    known = select(members.c.name, members.c.added_at.label("since")).where(members.c.tenant_id == tenant_id)
    both = known.union_all(invited).subquery()
    return list((await connection.execute(select(both.c.name).order_by(both.c.since.desc()).limit(first))).scalars())


async def open_invitations(connection: AsyncConnection, tenant_id: TenantId) -> list[InvitationCard]:
    """Return the invitations that can still be accepted or sent again, by when they were made."""
    columns = [invitations.c[name] for name in InvitationCard.__dataclass_fields__]
    query = select(*columns).where(invitations.c.tenant_id == tenant_id, invitations.c.ended_at.is_(None))
    found = await connection.execute(query.order_by(invitations.c.invited_at, invitations.c.invitation_id))
    return [InvitationCard(**row._mapping) for row in found]


async def open_sessions(
    connection: AsyncConnection, tenant_id: TenantId, member_id: MemberId, *, now: datetime
) -> list[SessionCard]:
    """Return where a member is signed in, newest first."""
    columns = [sessions.c[name] for name in SessionCard.__dataclass_fields__]
    query = select(*columns).where(
        sessions.c.tenant_id == tenant_id,
        sessions.c.member_id == member_id,
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > now,
    )
    found = await connection.execute(query.order_by(sessions.c.started_at.desc(), sessions.c.session_id))
    return [SessionCard(**row._mapping) for row in found]


async def members_by_id(
    connection: AsyncConnection, tenant_id: TenantId, ids: Sequence[UUID]
) -> dict[UUID, MemberCard]:
    """Return those of the ids who are or were members of the tenant."""
    found = await _members(connection, members.c.tenant_id == tenant_id, members.c.member_id.in_(ids))
    return {member.member_id: member for member in found}


async def _members(
    connection: AsyncConnection, *where: ColumnElement[bool], first: int | None = None
) -> list[MemberCard]:
    columns = [members.c[name] for name in MemberCard.__dataclass_fields__]
    query = select(*columns).where(*where).order_by(members.c.added_at, members.c.member_id).limit(first)
    return [MemberCard(**row._mapping) for row in await connection.execute(query)]
