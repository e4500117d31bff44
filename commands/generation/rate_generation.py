"""Say whether what a model wrote was of use."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.generation.generation_stream import load_generation
from domain.generation.decisions import NoSuchGeneration, rate
from domain.ids import DocumentId, GenerationId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RateGeneration:
    generation_id: GenerationId
    document_id: DocumentId
    rating: int
    comment: str = ""


async def handle(command: RateGeneration, context: CommandContext, ports: Ports) -> Receipt:
    loaded = await load_generation(ports.log, command.generation_id, context.tenant)
    if loaded.state.requested is not None and loaded.state.requested.document_id != command.document_id:
        raise NoSuchGeneration
    events = rate(loaded.state, rating=command.rating, comment=command.comment, rated_by=context.tenant.member_id)
    return await ports.log.append([StreamWrite(StreamId(command.generation_id), loaded.version, events)], context)
