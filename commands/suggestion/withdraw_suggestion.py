"""Take a suggestion back: its author's to do, or of whoever may write the document."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports, require
from commands.streams import load_writable
from commands.suggestion.suggestion_stream import load_suggestion
from domain.ids import DocumentId, StreamId, SuggestionId, document_stream
from domain.suggestion.decisions import NoSuchSuggestion, known, withdraw
from tenancy.document_rights import Access
from tenancy.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSuggestion:
    """`seen_version` is that of the suggestion, if the caller insists on it."""

    suggestion_id: SuggestionId
    document_id: DocumentId
    seen_version: int | None = None


async def handle(command: WithdrawSuggestion, context: CommandContext, ports: Ports) -> Receipt:
    suggestion = await load_suggestion(ports.log, command.suggestion_id, context.tenant)
    made = known(suggestion.state)
    if made.document_id != command.document_id:
        raise NoSuchSuggestion
    # A member's own also when one of the two was done with a key.
    own = made.proposed_by is not None and made.proposed_by == context.tenant.member_id
    if not own and suggestion.author != context.tenant.actor:
        require(context, Permission.DOCUMENT_WRITE)
        await ports.rights.require(command.document_id, context.tenant, Access.WRITE)
    document = await load_writable(ports.log, command.document_id, context)
    suggestion.require_seen(command.seen_version)
    events = withdraw(suggestion.state)
    return await ports.log.append(
        [
            StreamWrite(StreamId(command.suggestion_id), suggestion.version, events),
            StreamWrite(document_stream(command.document_id), document.version, []),
        ],
        context,
    )
