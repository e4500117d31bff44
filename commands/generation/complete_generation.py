"""Take a model's text in: the ledger's fact, the generation's end and the suggestion, all of them or none."""

from dataclasses import dataclass
from typing import ClassVar

from commands.ai.record_ai_call import settlement
from commands.bodies import ContentRefused
from commands.content_work import content_work
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.generation.generation_stream import LoadedGeneration, load_generation, suggestion_of
from commands.streams import load_document
from commands.suggestion.deciding import apply_hunks
from commands.suggestion.proposing import proposed
from domain.ai.events import AiCallSettled
from domain.citation import without_marks
from domain.document.body import BodyKind
from domain.document.state import Stage
from domain.errors import Conflict
from domain.generation.decisions import fail
from domain.generation.events import (
    GenerationCompleted,
    GenerationKind,
    GenerationMode,
    GenerationRequested,
    Source,
)
from domain.generation.state import GenerationState
from domain.ids import GenerationId, StreamId, document_stream
from domain.sealed import Sealed
from domain.suggestion.decisions import SuggestionRefused, make
from domain.suggestion.events import Hunk, SuggestionDecided, SuggestionMade
from domain.suggestion.hunks import end_of
from tenancy.document_rights import Access

_REPLACING = frozenset({GenerationKind.REWRITE, GenerationKind.TRANSLATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteGeneration:
    """What the gateway answered; `call` is its fact for the ledger."""

    generation_id: GenerationId
    text: str
    notice: str
    sources: tuple[Source, ...]
    call: AiCallSettled


class StillWanted(Conflict):
    """The call was broken off because its process stops; nothing is recorded, and another process takes it up."""

    code: ClassVar = "generation.still_wanted"

    def __init__(self) -> None:
        super().__init__("This generation was broken off and is still wanted.")


async def handle(command: CompleteGeneration, context: CommandContext, ports: Ports) -> Receipt:
    """
    A generation that was cancelled meanwhile gets no suggestion; what it used is settled all the same.

    The call's stream takes one fact: whoever comes second, after a crash or from another process, changes nothing.
    """
    loaded = await load_generation(ports.log, command.generation_id, context.tenant)
    requested = loaded.state.requested
    if requested is None or loaded.state.state is not GenerationState.QUEUED:
        return await ports.log.append([settlement(command.call)], context)
    if command.call.finish_reason == "cancelled":
        raise StillWanted
    writes = [settlement(command.call)]
    access = await ports.rights.access(requested.document_id, context.tenant)
    if (reason := _reason_against(command.call, access)) is not None:
        return await ports.log.append([*writes, _failed(loaded, *reason)], context)
    document = await load_document(ports.log, requested.document_id, context)
    suggestion: SuggestionMade | None = None
    try:
        if document.state.stage is Stage.DRAFT:
            suggestion = await _suggestion(command, requested, document.state.body, context, ports)
    except ContentRefused as refused:
        return await ports.log.append([*writes, _failed(loaded, refused.code, str(refused))], context)
    completed = _completed(command, requested, suggestion)
    writes.append(StreamWrite(StreamId(command.generation_id), loaded.version, [completed]))
    if suggestion is not None:
        inserts = requested.mode is GenerationMode.INSERT and access is Access.WRITE
        writes += await _suggested(suggestion, document.state.body, context, ports, inserts=inserts)
        writes.append(StreamWrite(document_stream(requested.document_id), document.version, []))
    return await ports.log.append(writes, context)


def _failed(loaded: LoadedGeneration, code: str, message: str) -> StreamWrite:
    assert loaded.state.requested is not None
    failed = fail(loaded.state, code=code, message=message)
    return StreamWrite(StreamId(loaded.state.requested.generation_id), loaded.version, failed)


def _reason_against(call: AiCallSettled, access: Access | None) -> tuple[str, str] | None:
    """Return the code and sentence of what forbids the text by now; it is paid all the same."""
    if call.finish_reason == "blocked":
        return "ai.switched_off", "AI was switched off while this was written."
    if access is None or not access.includes(Access.SUGGEST):
        return "document.access_missing", "The document is not shared with whoever asked any more."
    return None


async def _suggestion(
    command: CompleteGeneration,
    requested: GenerationRequested,
    kind: BodyKind,
    context: CommandContext,
    ports: Ports,
) -> SuggestionMade | None:
    """Compare with the body that was asked about: what others do meanwhile moves places, and they are found again."""
    body = await ports.body_states.load(requested.document_id, context.tenant, until_position=requested.position)
    hunks = await content_work(_hunks, command, requested, kind, body.state, ports)
    made = SuggestionMade(
        suggestion_id=suggestion_of(command.generation_id),
        document_id=requested.document_id,
        generation_id=command.generation_id,
        hunks=hunks,
        rationale=requested.instruction[:2_000],
        position=body.position,
        proposed_by=requested.requested_by,
    )
    try:
        make(made)
    except SuggestionRefused:
        return None  # nothing to propose is an end, not a failure
    return made


def _hunks(
    command: CompleteGeneration, requested: GenerationRequested, kind: BodyKind, state: bytes, ports: Ports
) -> tuple[Hunk, ...]:
    blocks = [block.markdown for block in ports.bodies.blocks(kind, state)]
    # A document says nothing of the list of sources: that stays with the suggestion and the generation.
    text = without_marks(command.text, sources=len(command.sources), former="\n".join(blocks))
    end = end_of(blocks) if requested.block_to is None else requested.block_to
    start = requested.block_from if requested.kind in _REPLACING and requested.block_from is not None else end
    # What a person proposes is inserted as it is; a model's answer, without what it leaves blank around it.
    return proposed(ports.bodies, kind, blocks, start, end, text if start < end else text.strip())


async def _suggested(
    suggestion: SuggestionMade, kind: BodyKind, context: CommandContext, ports: Ports, *, inserts: bool
) -> list[StreamWrite]:
    """Return the suggestion's writes; one that the requester wanted inserted is accepted at once, by them."""
    events: list[Sealed] = [suggestion]
    writes: list[StreamWrite] = []
    if inserts:
        applied = await apply_hunks(
            ports,
            context,
            kind=kind,
            made=suggestion,
            hunks=suggestion.hunks,
        )
        events.append(
            SuggestionDecided(
                suggestion_id=suggestion.suggestion_id,
                document_id=suggestion.document_id,
                accepted=applied.accepted,
                rejected=(),
                outdated=applied.outdated,
                reason="",
                decided_by=context.tenant.member_id,
            )
        )
        writes.append(applied.write)
    return [StreamWrite(StreamId(suggestion.suggestion_id), 0, events), *writes]


def _completed(
    command: CompleteGeneration, requested: GenerationRequested, suggestion: SuggestionMade | None
) -> GenerationCompleted:
    call = command.call
    return GenerationCompleted(
        generation_id=command.generation_id,
        document_id=requested.document_id,
        call_id=call.call_id,
        text=command.text,
        finish_reason=call.finish_reason,
        notice=command.notice,
        sources=command.sources,
        provider=call.provider,
        model=call.model,
        template=call.template,
        template_version=call.template_version,
        route_reason=call.route_reason,
        input_tokens=call.input_tokens + call.cache_read_tokens + call.cache_write_tokens,
        output_tokens=call.output_tokens + call.reasoning_tokens,
        cost_micros=call.cost_micros,
        currency=call.currency,
        latency_milliseconds=call.latency_milliseconds,
        suggestion_id=None if suggestion is None else suggestion.suggestion_id,
    )
