"""The assistant's parts: the runner of turns, and what viewers hear while it answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from app.foundation import Foundation
from assistants.conversations import Conversations
from assistants.live_texts import LiveTexts
from assistants.turns import Answering, WaitingTurn
from assistants.work import WorkRunner
from commands.event_log import CommandContext
from gateway.calls import Gateway
from gateway.passages import Passages
from infra import clock
from infra.postgres.waiting_turns import PostgresWaitingTurns
from infra.postgres.work_locks import PostgresWorkLocks
from tenancy.context import TenantContext

if TYPE_CHECKING:
    from assistants.graph import TurnGraph


@dataclass(frozen=True, slots=True)
class AssistantParts:
    """What works, and what its surfaces speak to."""

    conversations: Conversations
    runner: WorkRunner[WaitingTurn]


def wire_assistant(
    base: Foundation, gateway: Gateway, passages: Passages, live: LiveTexts, locks: PostgresWorkLocks
) -> AssistantParts:
    """Return the assistant; the graph's library is loaded when the first turn waits."""

    def graph() -> "TurnGraph":
        from assistants.graph import TurnGraph  # noqa: PLC0415  # heavy; only when first used
        from assistants.steps import Steps  # noqa: PLC0415  # heavy; only when first used

        return TurnGraph(
            Steps(
                log=base.log,
                executor=base.executor,
                gateway=gateway,
                passages=passages,
                policies=base.policies,
                rights=base.document_rights,
                command=_command,
            )
        )

    answering = Answering(base.log, base.growth, base.databases, live, graph)
    runner = WorkRunner("turn", PostgresWaitingTurns(base.databases), locks, answering.answer)
    # What was asked in another process; what is asked in this one is told by whoever takes the question.
    base.watchers.look_soon.append(lambda _: runner.look_soon())
    return AssistantParts(Conversations(live, runner.look_soon), runner)


def _command(tenant: TenantContext) -> CommandContext:
    return CommandContext(tenant=tenant, command_id=uuid7(), now=clock.now())
