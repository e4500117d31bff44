"""Say how good it is what a model wrote."""

from dataclasses import dataclass

from commands.ai.rate_ai_call import append_rating
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.generation.generation_stream import load_generation
from domain.generation.decisions import GenerationRefused, NoSuchGeneration
from domain.ids import CallId, DocumentId, GenerationId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RateGeneration:
    """By whoever may read the document: what was written for it is there for all of them."""

    generation_id: GenerationId
    document_id: DocumentId
    rating: int
    comment: str = ""


async def handle(command: RateGeneration, context: CommandContext, ports: Ports) -> Receipt:
    """Rate the generation's call. Raises NoSuchGeneration, GenerationRefused when nothing was written."""
    generation = (await load_generation(ports.log, command.generation_id, context.tenant)).state
    if generation.requested is None or generation.requested.document_id != command.document_id:
        raise NoSuchGeneration
    if generation.completed is None:
        raise GenerationRefused("Nothing was written that could be rated.")
    call_id = CallId(generation.completed.call_id)
    past = await ports.log.load(StreamId(call_id), context.tenant)
    return await append_rating(ports.log, past, call_id, command.rating, command.comment, context)
