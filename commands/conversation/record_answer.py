"""Take the assistant's answer into the conversation and its call into the ledger: both in one append, once."""

from dataclasses import dataclass

from commands.ai.record_ai_call import settlement
from commands.conversation.conversation_stream import load_conversation
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.ai.events import AiCallSettled
from domain.conversation import decisions
from domain.conversation.events import MessageAnswered
from domain.ids import conversation_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """`call` is None when no model was called: the answer then says why."""

    answered: MessageAnswered
    call: AiCallSettled | None


async def handle(command: RecordAnswer, context: CommandContext, ports: Ports) -> Receipt:
    """A turn that has its answer keeps it: whoever comes second gets the receipt of the first."""
    conversation_id = command.answered.conversation_id
    loaded = await load_conversation(ports.log, conversation_id, context.tenant)
    stream_id = conversation_stream(conversation_id)
    events = decisions.answer(loaded.state, answered=command.answered)
    settled = [] if command.call is None else [settlement(command.call)]
    if not events and (not settled or command.answered.turn_id in loaded.state.answered):
        return Receipt(position=loaded.position, stream_id=stream_id, stream_version=loaded.version)
    # A conversation that was closed meanwhile takes no answer, but what was used is paid for.
    return await ports.log.append([StreamWrite(stream_id, loaded.version, events), *settled], context)
