"""Give a member an API key."""

from dataclasses import dataclass, field
from datetime import datetime

from commands.directory.members import load_member
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import PermissionMissing, Ports
from domain.directory import decisions
from domain.directory.membership import role_of
from domain.ids import ApiKeyId, MemberId, StreamId
from tenancy.roles import PERMISSIONS, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueApiKey:
    """The secret itself stays with whoever made it: only its hash goes into the log."""

    key_id: ApiKeyId = field(compare=False)
    member_id: MemberId
    label: str
    scopes: tuple[str, ...] = ()
    secret_hash: bytes = field(compare=False)
    expires_at: datetime | None = None


async def handle(command: IssueApiKey, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchMember, DetailsRefused, PermissionMissing."""
    member = await load_member(ports.log, command.member_id, context.tenant)
    for permission in sorted(PERMISSIONS[role_of(member.past)] - context.tenant.permissions):
        # Nobody gets by a key what they may not do themselves.
        if not command.scopes or permission in command.scopes:
            raise PermissionMissing(permission)
    events = decisions.issue_api_key(
        key_id=command.key_id,
        member_id=command.member_id,
        label=command.label,
        scopes=command.scopes,
        known_scopes=frozenset(map(str, Permission)),
        secret_hash=command.secret_hash,
        expires_at=command.expires_at,
    )
    still_a_member = StreamWrite(StreamId(command.member_id), member.version, [])
    return await ports.log.append([StreamWrite(StreamId(command.key_id), 0, events), still_a_member], context)
