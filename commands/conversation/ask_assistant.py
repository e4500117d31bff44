"""Ask the assistant something; it answers later."""

from dataclasses import dataclass, field
from uuid import UUID

from commands.conversation.conversation_stream import append_to_conversation, load_conversation
from commands.conversation.switches import require_switched_on
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from domain.conversation import decisions
from domain.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAssistant:
    conversation_id: ConversationId
    turn_id: UUID = field(compare=False)
    text: str


async def handle(command: AskAssistant, context: CommandContext, ports: Ports) -> Receipt:
    loaded = await load_conversation(ports.log, command.conversation_id, context.tenant)
    events = decisions.ask(
        loaded.state,
        conversation_id=command.conversation_id,
        by=context.tenant.member_id,
        turn_id=command.turn_id,
        text=command.text,
    )
    await require_switched_on(ports.policies, context.tenant)
    return await append_to_conversation(ports.log, loaded, command.conversation_id, events, context)
