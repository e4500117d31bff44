"""Propose other text for some blocks of a document."""

from dataclasses import dataclass, field

from commands.content_work import content_work_of
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.streams import load_writable
from commands.suggestion.proposing import proposed
from domain.ids import DocumentId, StreamId, SuggestionId, document_stream
from domain.suggestion.decisions import REPLACEMENT_CHARACTERS_MAX, SuggestionRefused, make
from domain.suggestion.events import SuggestionMade


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeSuggestion:
    """An empty range is a place: the replacement is put before the block at `block_from`."""

    suggestion_id: SuggestionId = field(compare=False)
    document_id: DocumentId
    block_from: int
    block_to: int
    replacement: str
    rationale: str = ""
    quote: str | None = None
    """The Markdown of the blocks as the proposer saw them; refused when they are others by now."""


async def handle(command: MakeSuggestion, context: CommandContext, ports: Ports) -> Receipt:
    document = await load_writable(ports.log, command.document_id, context)
    if len(command.replacement) > REPLACEMENT_CHARACTERS_MAX:
        raise SuggestionRefused(f"A suggestion proposes at most {REPLACEMENT_CHARACTERS_MAX} characters.")
    kind = document.state.body
    body = await ports.body_states.load(command.document_id, context.tenant)
    read = await content_work_of(context.tenant.tenant_id, ports.bodies.blocks, kind, body.state)
    blocks = [block.markdown for block in read]
    start, end = command.block_from, command.block_to
    if not 0 <= start <= end <= len(blocks):
        raise SuggestionRefused(f"This is not a range of the document's {len(blocks)} blocks.")
    joined = ("\n" if kind == "plain" else "\n\n").join(blocks[start:end])
    if command.quote is not None and command.quote.strip() != joined.strip():
        raise SuggestionRefused("The text there is another by now; look again.")
    hunks = await content_work_of(
        context.tenant.tenant_id, proposed, ports.bodies, kind, blocks, start, end, command.replacement
    )
    events = make(
        SuggestionMade(
            suggestion_id=command.suggestion_id,
            document_id=command.document_id,
            generation_id=None,
            hunks=hunks,
            rationale=command.rationale,
            position=body.position,
            proposed_by=context.tenant.member_id,
        )
    )
    return await ports.log.append(
        [
            StreamWrite(StreamId(command.suggestion_id), 0, events),
            StreamWrite(document_stream(command.document_id), document.version, []),
        ],
        context,
    )
