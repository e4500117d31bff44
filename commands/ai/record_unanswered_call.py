"""Keep that nobody answered a call."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.ai.unanswered import AiCallUnanswered, unanswered_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnansweredCall:
    call: AiCallUnanswered


async def handle(command: RecordUnansweredCall, context: CommandContext, ports: Ports) -> Receipt:
    """A call that was tried again under its id may go unanswered once more."""
    stream_id = unanswered_stream(command.call.call_id)
    before = (await ports.log.versions_of([stream_id], context.tenant)).get(stream_id, 0)
    return await ports.log.append([StreamWrite(stream_id, before, [command.call])], context)
