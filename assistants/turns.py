"""Turns that wait for an answer: each is answered once, on behalf of whoever asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from assistants.askers import asker, house
from assistants.live_texts import LiveTexts
from assistants.turn import Turn
from commands.conversation.conversation_stream import LoadedConversation, load_conversation
from commands.event_log import EventLog
from domain.actor import Actor
from domain.conversation.events import MessageAsked
from domain.conversation.state import Stage
from domain.ids import ConversationId, MemberId, TenantId
from projections.projector import ReadTransactions
from tenancy.context import tenant_scope
from tenancy.keys import turn_channel
from tenancy.roles import Permission

if TYPE_CHECKING:
    from assistants.graph import TurnGraph

TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class WaitingTurn:
    """A turn without an answer. One conversation is one piece of work: its turns come one after the other."""

    tenant_id: TenantId
    conversation_id: ConversationId
    turn_id: UUID
    member_id: MemberId

    @property
    def id(self) -> UUID:
        return self.conversation_id


class Answering:
    """Answers waiting turns; the graph comes with a heavy library and is made when the first turn waits."""

    def __init__(
        self, log: EventLog, reads: ReadTransactions, live: LiveTexts, graph: "Callable[[], TurnGraph]"
    ) -> None:
        self._log = log
        self._reads = reads
        self._live = live
        self._make = graph
        self._graph: TurnGraph | None = None

    async def answer(self, waiting: WaitingTurn, failures: int) -> bool:
        """Answer a turn; False when nobody ever can: its key was destroyed, and there is nothing left to answer."""
        inside = house(waiting.tenant_id, f"turn-{waiting.turn_id.hex[-12:]}")
        loaded = await load_conversation(self._log, waiting.conversation_id, inside)
        if loaded.state.running != waiting.turn_id:
            return loaded.state.stage is not Stage.UNBEGUN
        asked, actor = _question(loaded, waiting.turn_id)
        context = await asker(self._reads, inside, waiting.member_id, actor)
        if self._graph is None:
            self._graph = await asyncio.to_thread(self._make)
        graph = self._graph
        with tenant_scope(context):
            async with self._live.written(turn_channel(waiting.tenant_id, waiting.turn_id)) as heard:
                turn = Turn(
                    context=context,
                    conversation_id=waiting.conversation_id,
                    turn_id=waiting.turn_id,
                    question=asked.text,
                    document_id=loaded.state.document_id,
                    standing=loaded.state.standing,
                    heard=heard,
                )
                if Permission.AI_USE not in context.permissions:
                    await graph.steps.refuse(turn, "permission.missing", "You may not use AI here any more.")
                elif failures >= TRIES_MAX:
                    await graph.steps.refuse(turn, "assistant.failed", "There is no answer to this; ask again later.")
                else:
                    await graph.answer(turn)
        return True


def _question(loaded: LoadedConversation, turn_id: UUID) -> tuple[MessageAsked, Actor]:
    return next(
        (recorded.event, recorded.actor)
        for recorded in loaded.past
        if isinstance(recorded.event, MessageAsked) and recorded.event.turn_id == turn_id
    )
