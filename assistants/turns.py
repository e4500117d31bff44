"""Turns that wait for an answer: each is answered once, on behalf of whoever asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast
from uuid import UUID

import structlog

from assistants.askers import asker, house
from assistants.live_texts import LiveTexts
from assistants.turn import Turn
from commands.conversation.conversation_stream import LoadedConversation, load_conversation
from commands.event_log import EventLog
from domain.actor import Actor
from domain.conversation.events import ConversationEvent, MessageAsked
from domain.conversation.state import Stage, evolve
from domain.ids import ConversationId, MemberId, TenantId, conversation_stream
from domain.recorded import Unreadable
from projections.projector import ReadTransactions
from tenancy.context import TenantContext, tenant_scope
from tenancy.keys import turn_channel
from tenancy.roles import Permission

if TYPE_CHECKING:
    from assistants.graph import TurnGraph

TRIES_MAX = 5
LOOK_AGAIN_SECONDS = 1.0

log = structlog.get_logger()


class Growth(Protocol):
    """Tells that a tenant's log has grown; a hint, with a poll behind it."""

    async def wait_for_growth(self, tenant_id: TenantId, *, seconds_max: float) -> None: ...


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
        self,
        log: EventLog,
        growth: Growth,
        reads: ReadTransactions,
        live: LiveTexts,
        graph: "Callable[[], TurnGraph]",
    ) -> None:
        self._log = log
        self._growth = growth
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
            async with (
                self._live.written(turn_channel(waiting.tenant_id, waiting.turn_id)) as heard,
                self._stopped(waiting, loaded, inside) as stopped,
            ):
                turn = Turn(
                    context=context,
                    conversation_id=waiting.conversation_id,
                    turn_id=waiting.turn_id,
                    question=asked.text,
                    document_id=loaded.state.document_id,
                    standing=loaded.state.standing,
                    heard=heard,
                    stopped=stopped,
                )
                if loaded.state.stopped:
                    await graph.steps.stop(turn)
                elif Permission.AI_USE not in context.permissions:
                    await graph.steps.refuse(turn, "permission.missing", "You may not use AI here any more.")
                elif failures >= TRIES_MAX:
                    await graph.steps.refuse(turn, "assistant.failed", "There is no answer to this; ask again later.")
                else:
                    await graph.answer(turn)
        return True

    @asynccontextmanager
    async def _stopped(
        self, waiting: WaitingTurn, loaded: LoadedConversation, inside: TenantContext
    ) -> AsyncIterator[asyncio.Event]:
        """Hear meanwhile whether somebody stops the turn or puts the conversation away, in whatever process."""
        stopped = asyncio.Event()
        listening = asyncio.create_task(self._listen(waiting, loaded, inside, stopped), context=Context())
        try:
            yield stopped
        finally:
            listening.cancel()

    async def _listen(
        self, waiting: WaitingTurn, loaded: LoadedConversation, inside: TenantContext, stopped: asyncio.Event
    ) -> None:
        stream_id, state, version = conversation_stream(waiting.conversation_id), loaded.state, loaded.version
        while state.running == waiting.turn_id and not state.stopped:
            try:
                async with asyncio.TaskGroup() as hearing:
                    # From before the look on, so that no hint falls between looking and waiting.
                    waits = self._growth.wait_for_growth(waiting.tenant_id, seconds_max=LOOK_AGAIN_SECONDS)
                    hearing.create_task(waits)
                    for recorded in await self._log.load(stream_id, inside, after_version=version):
                        version = recorded.stream_version
                        if not isinstance(recorded.event, Unreadable):
                            state = evolve(state, cast("ConversationEvent", recorded.event))
            except* Exception as errors:  # noqa: BLE001  # the database may be away; the turn goes on
                log.warning("assistant.deaf", error=type(errors.exceptions[0]).__name__)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        stopped.set()


def _question(loaded: LoadedConversation, turn_id: UUID) -> tuple[MessageAsked, Actor]:
    return next(
        (recorded.event, recorded.actor)
        for recorded in loaded.past
        if isinstance(recorded.event, MessageAsked) and recorded.event.turn_id == turn_id
    )
