"""A turn that is cut off at any point is finished by whoever looks next: one answer, paid for once."""

import asyncio
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from assistants.graph import TurnGraph
from assistants.live_texts import LiveTexts
from assistants.steps import Steps
from assistants.turns import Answering, WaitingTurn
from commands.conversation.ask_assistant import AskAssistant
from commands.conversation.conversation_stream import load_conversation
from commands.conversation.start_conversation import StartConversation
from commands.event_log import CommandContext
from domain.ai.events import AiCallSettled
from domain.conversation.events import Assistant, MessageAnswered
from domain.ids import ConversationId, StreamId, checkpoints_stream
from infra import clock
from infra.postgres.engines import APP
from infra.postgres.work_locks import PostgresWorkLocks
from tests.support.world import Tenant

CHECKPOINT_EVENTS_OF_A_TURN = 10
SECONDS_MAX = 60.0


def answering_of(colophon: Colophon) -> Answering:
    platform = colophon.platform
    steps = Steps(
        log=platform.log,
        executor=platform.executor,
        gateway=platform.gateway,
        passages=platform.knowledge,
        policies=platform.policies,
        rights=platform.document_rights,
        command=lambda tenant: CommandContext(tenant=tenant, command_id=uuid7(), now=clock.now()),
    )
    return Answering(
        platform.log, platform.growth, platform.reads, LiveTexts(platform.fanout), lambda: TurnGraph(steps)
    )


@pytest.mark.parametrize("at", range(CHECKPOINT_EVENTS_OF_A_TURN + 1))
async def test_one_answer_and_one_price(colophon: Colophon, acme: Tenant, at: int) -> None:
    # given a turn that nobody else takes, for its lock is held
    log, execute = colophon.platform.log, colophon.platform.executor.execute
    conversation, turn_id = ConversationId(uuid7()), uuid7()
    locks = PostgresWorkLocks(colophon._foundation.logins.parameters(APP))
    async with locks.held(f"turn/{conversation}") as mine:
        assert mine
        await execute(StartConversation(conversation_id=conversation, assistant=Assistant.CHAT), acme.ana.command())
        await execute(AskAssistant(conversation_id=conversation, turn_id=turn_id, text="Hm?"), acme.ana.command())
        waiting = WaitingTurn(acme.tenant_id, conversation, turn_id, acme.ana.member_id)

        # when its run is cut off after so many checkpoints, and another one begins
        running = asyncio.create_task(answering_of(colophon).answer(waiting, 0))
        async with asyncio.timeout(SECONDS_MAX):
            while not running.done() and len(await log.load(checkpoints_stream(conversation), acme.ana.context)) < at:
                await colophon.platform.growth.wait_for_growth(acme.tenant_id, seconds_max=0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        # A call that was cut off settles what it used by itself, and that may be now.
        await asyncio.gather(answering_of(colophon).answer(waiting, 0), return_exceptions=True)
        await answering_of(colophon).answer(waiting, 0)
    await locks.close()

    # then
    loaded = await load_conversation(log, conversation, acme.ana.context)
    answers = [r.event for r in loaded.past if isinstance(r.event, MessageAnswered)]
    assert [answer.problem for answer in answers] == [None]
    settled = await log.load(StreamId(UUID(str(turn_id))), acme.ana.context)
    assert [type(recorded.event) for recorded in settled] == [AiCallSettled]


async def test_what_was_not_written_down_at_the_end_of_a_turn_is_known_to_the_next(
    colophon: Colophon, acme: Tenant
) -> None:
    """A process may die between the answer, which everybody sees, and the end of its run, which nobody does."""
    log, execute = colophon.platform.log, colophon.platform.executor.execute
    conversation = ConversationId(uuid7())
    locks = PostgresWorkLocks(colophon._foundation.logins.parameters(APP))
    async with locks.held(f"turn/{conversation}"):
        await execute(StartConversation(conversation_id=conversation, assistant=Assistant.CHAT), acme.ana.command())
        for number in range(2):
            turn_id = uuid7()
            asked = AskAssistant(conversation_id=conversation, turn_id=turn_id, text=f"Question {number}?")
            await execute(asked, acme.ana.command())
            waiting = WaitingTurn(acme.tenant_id, conversation, turn_id, acme.ana.member_id)
            running = asyncio.create_task(answering_of(colophon).answer(waiting, 0))
            async with asyncio.timeout(SECONDS_MAX):
                while (await load_conversation(log, conversation, acme.ana.context)).state.running is not None:
                    await colophon.platform.growth.wait_for_growth(acme.tenant_id, seconds_max=0.05)
            if number == 0:
                running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    await locks.close()
    loaded = await load_conversation(log, conversation, acme.ana.context)
    assert len([r for r in loaded.past if isinstance(r.event, MessageAnswered)]) == 2
    assert loaded.state.running is None
