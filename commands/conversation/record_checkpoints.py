"""Remember how far an assistant has come with a conversation."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.conversation.checkpoints import CheckpointEvent
from domain.ids import checkpoints_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheckpoints:
    """All of one thread, in order."""

    events: tuple[CheckpointEvent, ...]


async def handle(command: RecordCheckpoints, context: CommandContext, ports: Ports) -> Receipt:
    stream_id = checkpoints_stream(command.events[0].conversation_id)
    return await ports.log.append([StreamWrite(stream_id, None, command.events)], context)
