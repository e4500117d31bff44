"""Give a member an API key."""

from dataclasses import dataclass, field
from datetime import datetime

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory import decisions
from domain.ids import ApiKeyId, MemberId, StreamId
from tenancy.roles import Permission


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
    events = decisions.issue_api_key(
        key_id=command.key_id,
        member_id=command.member_id,
        label=command.label,
        scopes=command.scopes,
        known_scopes=frozenset(map(str, Permission)),
        secret_hash=command.secret_hash,
        expires_at=command.expires_at,
    )
    return await ports.log.append([StreamWrite(StreamId(command.key_id), 0, events)], context)
