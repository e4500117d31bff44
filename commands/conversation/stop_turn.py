"""Stop the answer that an assistant is giving: what it has said so far is kept and paid for."""

from dataclasses import dataclass

from commands.conversation.conversation_stream import append_to_conversation, load_conversation
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.conversation import decisions
from domain.ids import ConversationId, conversation_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTurn:
    conversation_id: ConversationId


async def handle(command: StopTurn, context: CommandContext, ports: Ports) -> Receipt:
    """Whoever works on the turn ends it; where none runs, the receipt is that of the conversation as it stands."""
    loaded = await load_conversation(ports.log, command.conversation_id, context.tenant)
    events = decisions.stop(loaded.state, conversation_id=command.conversation_id, by=context.tenant.member_id)
    if not events:
        stream_id = conversation_stream(command.conversation_id)
        return Receipt(position=loaded.position, stream_id=stream_id, stream_version=loaded.version)
    return await append_to_conversation(ports.log, loaded, command.conversation_id, events, context)
