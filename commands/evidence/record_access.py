"""Record who read, searched or exported something, or was refused it."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.evidence.events import AccessRecorded, AccessRefused, access_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAccess:
    """Sent by the platform in the name of whoever had the access."""

    access: AccessRecorded | AccessRefused


async def handle(command: RecordAccess, context: CommandContext, ports: Ports) -> Receipt:
    stream = access_stream(command.access.object_id)
    return await ports.log.append([StreamWrite(stream, None, [command.access])], context)
