"""The co-author writes what was asked for in a document and proposes it; it is content when somebody accepts it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import structlog

from assistants.askers import asker, house
from assistants.asking import request_of
from assistants.live_texts import LiveTexts
from commands.body_states import BodyStates
from commands.event_log import CommandContext, EventLog, VersionConflict
from commands.execute import Executor
from commands.generation.complete_generation import CompleteGeneration
from commands.generation.fail_generation import FailGeneration
from commands.generation.generation_stream import LoadedGeneration, load_generation
from domain.errors import DomainError
from domain.generation.events import GenerationRequested, Source
from domain.generation.state import GenerationState
from domain.ids import GenerationId, MemberId, TenantId
from gateway.calls import AiRequest, Answer, Delta, Gateway
from gateway.passages import Passage
from gateway.refusals import BudgetsUnavailable, ProvidersUnavailable
from projections.projector import ReadTransactions
from tenancy.context import TenantContext, tenant_scope
from tenancy.document_rights import Access, DocumentRights
from tenancy.keys import generation_channel
from tenancy.roles import Permission

TRIES_MAX = 4
_GIVEN_UP: Final = ("generation.failed", "There is no text: it was tried several times. Ask again later.")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WaitingGeneration:
    """A generation without an end."""

    tenant_id: TenantId
    id: GenerationId
    member_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the co-author works with."""

    log: EventLog
    executor: Executor
    body_states: BodyStates
    reads: ReadTransactions
    rights: DocumentRights
    gateway: Gateway
    live: LiveTexts
    command: Callable[[TenantContext], CommandContext]
    recording: Callable[[TenantContext], TenantContext]


class Coauthor:
    """Takes generations up, whoever asked for them; what it writes is made durable by the gateway's own record."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def write(self, waiting: WaitingGeneration, tries: int) -> bool:
        """Bring a generation to its end; False when there is nobody left for whom that could be done."""
        inside = house(waiting.tenant_id, f"generation-{waiting.id.hex[-12:]}")
        loaded = await load_generation(self._parts.log, waiting.id, inside)
        if loaded.state.state is not GenerationState.QUEUED:
            # Ended a moment ago; or erased with its document, and then there is nobody who could read it.
            return loaded.state.state is not GenerationState.UNKNOWN
        context = await asker(self._parts.reads, inside, waiting.member_id, loaded.asked_by)
        with tenant_scope(context):
            refusal = _GIVEN_UP if tries >= TRIES_MAX else await self._written(loaded, context)
            if refusal is not None:
                code, message = refusal
                command = FailGeneration(generation_id=waiting.id, code=code, message=message)
                await self._execute(command, context)
        return True

    async def _written(self, loaded: LoadedGeneration, context: TenantContext) -> tuple[str, str] | None:
        """Write and propose; return the code and sentence of what stood in the way."""
        requested = loaded.state.requested
        assert requested is not None
        if Permission.AI_USE not in context.permissions:
            return "permission.missing", "Whoever asked may not use AI here any more."
        try:
            await self._parts.rights.require(requested.document_id, context, Access.SUGGEST)
            request = await request_of(requested, context, self._parts.log, self._parts.body_states)
            await self._stream(request, requested, context)
        except VersionConflict:
            return None  # settled before, by a process that died right after: its end is in the log
        except (DomainError, ProvidersUnavailable, BudgetsUnavailable) as refused:
            return refused.code, str(refused)
        return None

    async def _stream(self, request: AiRequest, requested: GenerationRequested, context: TenantContext) -> None:
        async def record(answer: Answer, caller: TenantContext) -> None:
            command = CompleteGeneration(
                generation_id=requested.generation_id,
                text=answer.text,
                notice=answer.notice,
                sources=tuple(_source(n, passage) for n, passage in enumerate(answer.sources, start=1)),
                call=answer.settled,
            )
            await self._execute(command, caller)

        channel = generation_channel(context.tenant_id, requested.generation_id)
        async with (
            self._parts.live.written(channel) as heard,
            aclosing(_stoppable(self._parts.gateway.stream(request, context, record=record))) as items,
        ):
            async for item in items:
                if isinstance(item, Delta):
                    heard(item.text)

    async def _execute(self, command: object, context: TenantContext) -> None:
        await self._parts.executor.execute(command, self._parts.command(self._parts.recording(context)))


async def _stoppable(items: AsyncIterator[Delta | Answer]) -> AsyncGenerator[Delta | Answer, None]:
    """Give the loop a turn between two pieces, so that a cancellation is heard at once."""
    async with aclosing(items) as stream:  # type: ignore[type-var]
        async for item in stream:
            yield item
            await asyncio.sleep(0)


def _source(number: int, passage: Passage) -> Source:
    return Source(
        number=number,
        document_id=passage.document_id,
        position=passage.position,
        block_from=passage.block_from,
        block_to=passage.block_to,
        start=passage.start,
        end=passage.end,
    )
