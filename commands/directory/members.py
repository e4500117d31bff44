"""A member as its events say."""

from commands.event_log import EventLog
from domain.directory.decisions import NoSuchMember
from domain.directory.events import MemberAdded
from domain.ids import MemberId, StreamId
from tenancy.context import TenantContext


async def require_member(log: EventLog, member_id: MemberId, tenant: TenantContext) -> None:
    """Raise NoSuchMember for an id that is not one of the tenant's members."""
    past = await log.load(StreamId(member_id), tenant)
    if not any(isinstance(recorded.event, MemberAdded) for recorded in past):
        raise NoSuchMember
