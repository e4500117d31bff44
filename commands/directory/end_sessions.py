"""Sign a member out everywhere, or everywhere else."""

from dataclasses import dataclass

from commands.directory.members import require_own, sign_in_stream
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.events import SessionsEnded
from domain.ids import MemberId, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions:
    member_id: MemberId
    kept_session: SessionId | None = None


async def handle(command: EndSessions, context: CommandContext, ports: Ports) -> Receipt:
    require_own(command.member_id, context.tenant)
    ended = SessionsEnded(member_id=command.member_id, kept_session=command.kept_session)
    return await ports.log.append([StreamWrite(sign_in_stream(command.member_id), None, [ended])], context)
