"""Sign out."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.events import SessionEnded
from domain.ids import SessionId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    session_id: SessionId


async def handle(command: EndSession, context: CommandContext, ports: Ports) -> Receipt:
    ended = SessionEnded(session_id=command.session_id)
    return await ports.log.append([StreamWrite(StreamId(command.session_id), None, [ended])], context)
