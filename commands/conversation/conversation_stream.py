"""Load a conversation's stream and fold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite
from domain.conversation.events import ConversationEvent
from domain.conversation.state import Conversation, evolve
from domain.ids import ConversationId, conversation_stream
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class LoadedConversation:
    """A conversation as its events say; one whose key was destroyed is as if it had never begun."""

    state: Conversation
    version: int
    past: Sequence[Recorded[Sealed]]

    @property
    def position(self) -> int:
        """Where its last event stands in the tenant's log."""
        return self.past[-1].position if self.past else 0


async def load_conversation(
    log: EventLog, conversation_id: ConversationId, tenant: TenantContext
) -> LoadedConversation:
    past = await log.load(conversation_stream(conversation_id), tenant)
    state = Conversation()
    for recorded in past:
        if not isinstance(recorded.event, Unreadable):
            state = evolve(state, cast("ConversationEvent", recorded.event))
    return LoadedConversation(state, past[-1].stream_version if past else 0, past)


async def append_to_conversation(
    log: EventLog,
    loaded: LoadedConversation,
    conversation_id: ConversationId,
    events: Sequence[ConversationEvent],
    context: CommandContext,
) -> Receipt:
    """Append what was decided on the loaded version."""
    return await log.append([StreamWrite(conversation_stream(conversation_id), loaded.version, events)], context)
