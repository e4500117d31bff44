"""Put a conversation away for good."""

from dataclasses import dataclass

from commands.conversation.conversation_stream import append_to_conversation, load_conversation
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.conversation import decisions
from domain.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConversation:
    conversation_id: ConversationId


async def handle(command: CloseConversation, context: CommandContext, ports: Ports) -> Receipt:
    loaded = await load_conversation(ports.log, command.conversation_id, context.tenant)
    events = decisions.close(loaded.state, conversation_id=command.conversation_id, by=context.tenant.member_id)
    return await append_to_conversation(ports.log, loaded, command.conversation_id, events, context)
