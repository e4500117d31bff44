"""Begin a browser session for somebody who has just proved who they are."""

from dataclasses import dataclass, field

from commands.directory.members import require_own
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.decisions import SESSION_LIFETIME
from domain.directory.events import SessionOpened
from domain.ids import MemberId, SessionId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    member_id: MemberId
    session_id: SessionId = field(compare=False)
    secret_hash: bytes = field(compare=False)


async def handle(command: OpenSession, context: CommandContext, ports: Ports) -> Receipt:
    require_own(command.member_id, context.tenant)
    opened = SessionOpened(
        session_id=command.session_id,
        member_id=command.member_id,
        secret_hash=command.secret_hash,
        expires_at=context.now + SESSION_LIFETIME,
    )
    return await ports.log.append([StreamWrite(StreamId(command.session_id), 0, [opened])], context)
