"""Begin a conversation with an assistant."""

from dataclasses import dataclass, field

from commands.conversation.conversation_stream import append_to_conversation, load_conversation
from commands.conversation.switches import require_switched_on
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.streams import load_body_kind
from domain.conversation import decisions
from domain.conversation.events import Assistant
from domain.ids import ConversationId, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConversation:
    conversation_id: ConversationId = field(compare=False)
    assistant: Assistant
    document_id: DocumentId | None = None


async def handle(command: StartConversation, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchDocument for a document that is not there."""
    await require_switched_on(ports.policies, context.tenant)
    loaded = await load_conversation(ports.log, command.conversation_id, context.tenant)
    events = decisions.start(
        loaded.state,
        conversation_id=command.conversation_id,
        by=context.tenant.member_id,
        assistant=command.assistant,
        document_id=command.document_id,
    )
    if command.document_id is not None:
        await load_body_kind(ports.log, command.document_id, context.tenant)
    return await append_to_conversation(ports.log, loaded, command.conversation_id, events, context)
