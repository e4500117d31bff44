"""Take a settled call into the ledger, once."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.ai.events import AiCallSettled
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAiCall:
    call: AiCallSettled

    @property
    def expected_version(self) -> int:
        """A call is settled once: whoever comes second finds it settled, and must not decide again."""
        return 0


def settlement(call: AiCallSettled) -> StreamWrite:
    """Return the write that settles the call, for whoever appends more along with it."""
    return StreamWrite(StreamId(call.call_id), 0, [call])


async def handle(command: RecordAiCall, context: CommandContext, ports: Ports) -> Receipt:
    """Raises VersionConflict when the call was settled before."""
    return await ports.log.append([settlement(command.call)], context)
