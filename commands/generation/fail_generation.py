"""Record that a generation will bring no text, and why."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from commands.generation.generation_stream import load_generation
from domain.generation.decisions import fail
from domain.ids import GenerationId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class FailGeneration:
    generation_id: GenerationId
    code: str
    message: str


async def handle(command: FailGeneration, context: CommandContext, ports: Ports) -> Receipt:
    loaded = await load_generation(ports.log, command.generation_id, context.tenant)
    events = fail(loaded.state, code=command.code, message=command.message)
    return await ports.log.append([StreamWrite(StreamId(command.generation_id), loaded.version, events)], context)
