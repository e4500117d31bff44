"""A member as its events say."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid5

from commands.event_log import EventLog
from domain.directory.decisions import NoSuchMember
from domain.directory.membership import role_of
from domain.directory.roles import Role
from domain.ids import MemberId, StreamId
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class LoadedMember:
    past: Sequence[object]
    version: int


async def load_member(log: EventLog, member_id: MemberId, tenant: TenantContext) -> LoadedMember:
    """Return what happened to a member of the tenant; nothing for anybody else's id."""
    recorded = await log.load(StreamId(member_id), tenant)
    return LoadedMember([r.event for r in recorded], recorded[-1].stream_version if recorded else 0)


async def require_member(log: EventLog, member_id: MemberId, tenant: TenantContext) -> None:
    """Raise NoSuchMember for an id that is not one of the tenant's members, or not any more."""
    role_of((await load_member(log, member_id, tenant)).past)


def sign_in_stream(member_id: MemberId) -> StreamId:
    """Return the stream of how a member signs in: apart from what the member is."""
    return StreamId(uuid5(member_id, "sign-in"))


def require_own(member_id: MemberId, tenant: TenantContext) -> None:
    """Raise NoSuchMember unless it is the person who asks, or the house."""
    if tenant.member_id not in {None, member_id}:
        raise NoSuchMember


def role_behind(tenant: TenantContext) -> Role | None:
    """Return the role that decides about people, None for the house; a member whose role nobody told has the least."""
    return tenant.role if tenant.member_id is None else tenant.role or Role.VIEWER
