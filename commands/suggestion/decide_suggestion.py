"""Accept or reject hunks of a suggestion, each by itself, all of them in one append."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.streams import load_writable
from commands.suggestion.deciding import apply_hunks
from commands.suggestion.suggestion_stream import load_suggestion
from domain.ids import DocumentId, StreamId, SuggestionId, document_stream
from domain.suggestion.decisions import NoSuchSuggestion, known, require_words, to_decide
from domain.suggestion.events import SuggestionDecided


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSuggestion:
    """`hunks` are (index, accept) pairs; `seen_version` is that of the suggestion, if the caller insists on it."""

    suggestion_id: SuggestionId
    document_id: DocumentId
    hunks: tuple[tuple[int, bool], ...]
    reason: str = ""
    seen_version: int | None = None


async def handle(command: DecideSuggestion, context: CommandContext, ports: Ports) -> Receipt:
    """A hunk that is to be accepted and whose place is gone is recorded as outdated: nothing is put elsewhere."""
    suggestion = await load_suggestion(ports.log, command.suggestion_id, context.tenant)
    made = known(suggestion.state)
    if made.document_id != command.document_id:
        raise NoSuchSuggestion
    suggestion.require_seen(command.seen_version)
    require_words("reason", command.reason)
    document = await load_writable(ports.log, made.document_id, context)
    hunks, rejected = to_decide(suggestion.state, dict(command.hunks))
    applied = await apply_hunks(
        ports,
        context,
        kind=document.state.body,
        made=made,
        hunks=hunks,
        author=suggestion.author if made.generation_id is None else None,
    )
    decided = SuggestionDecided(
        suggestion_id=made.suggestion_id,
        document_id=made.document_id,
        accepted=applied.accepted,
        rejected=tuple(rejected),
        outdated=applied.outdated,
        reason=command.reason,
        decided_by=context.tenant.member_id,
    )
    return await ports.log.append(
        [
            StreamWrite(StreamId(command.suggestion_id), suggestion.version, [decided]),
            applied.write,
            StreamWrite(document_stream(made.document_id), document.version, []),
        ],
        context,
    )
