"""The co-author's parts: what waits for it, who listens while it writes, and how it records."""

from dataclasses import dataclass

from uuid_utils.compat import uuid7

from app.foundation import Foundation
from app.wiring.gateway import recording
from assistants.coauthor import Coauthor, Parts, WaitingGeneration
from assistants.live_texts import LiveTexts
from assistants.work import WorkRunner
from commands.event_log import CommandContext
from domain.catalogue import NAMES
from domain.generation.events import GenerationCancelled, GenerationRequested
from gateway.calls import Gateway
from infra import clock
from infra.postgres.engines import APP
from infra.postgres.waiting_generations import PostgresWaitingGenerations
from infra.postgres.work_locks import PostgresWorkLocks
from infra.redis.fanout import RedisFanout
from tenancy.context import TenantContext

_LOOKED_AT = frozenset(NAMES[event] for event in (GenerationRequested, GenerationCancelled))


@dataclass(frozen=True, slots=True)
class CoauthorParts:
    """What the process runs, and what its surfaces speak to."""

    live: LiveTexts
    runner: WorkRunner[WaitingGeneration]
    locks: PostgresWorkLocks


def wire_coauthor(base: Foundation, gateway: Gateway, fanout: RedisFanout) -> CoauthorParts:
    """Return the co-author; it works where the process works."""
    live = LiveTexts(fanout)
    coauthor = Coauthor(
        Parts(
            log=base.log,
            executor=base.executor,
            body_states=base.body_states,
            reads=base.databases,
            rights=base.document_rights,
            gateway=gateway,
            live=live,
            command=_command,
            recording=recording,
        )
    )
    locks = PostgresWorkLocks(base.logins.parameters(APP))
    runner = WorkRunner(
        "generation", PostgresWaitingGenerations(base.databases), locks, coauthor.write, stops_unwanted=True
    )

    def appended(names: frozenset[str]) -> None:
        if names & _LOOKED_AT:
            runner.look_soon()

    base.watchers.appended.append(appended)
    base.watchers.look_soon.append(lambda _: runner.look_soon())
    return CoauthorParts(live, runner, locks)


def _command(tenant: TenantContext) -> CommandContext:
    return CommandContext(tenant=tenant, command_id=uuid7(), now=clock.now())
