"""Stop a generation: no text, and no further cost."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.generation.generation_stream import load_generation
from domain.generation.decisions import NoSuchGeneration, cancel
from domain.ids import DocumentId, GenerationId, StreamId
from tenancy.document_rights import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelGeneration:
    generation_id: GenerationId
    document_id: DocumentId


async def handle(command: CancelGeneration, context: CommandContext, ports: Ports) -> Receipt:
    """Whoever asked may stop it, and whoever may write the document."""
    loaded = await load_generation(ports.log, command.generation_id, context.tenant)
    if loaded.state.requested is not None and loaded.state.requested.document_id != command.document_id:
        raise NoSuchGeneration
    if loaded.state.requested is not None and loaded.state.requested.requested_by != context.tenant.member_id:
        await ports.rights.require(command.document_id, context.tenant, Access.WRITE)
    events = cancel(loaded.state)
    return await ports.log.append([StreamWrite(StreamId(command.generation_id), loaded.version, events)], context)
