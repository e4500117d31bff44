"""Record that an erasure is done, and which keys it destroyed: what explains missing content to every verifier."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.evidence.erasure import is_finished
from domain.evidence.events import DocumentErased, SubjectErased
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishErasure:
    erased: DocumentErased | SubjectErased


async def handle(command: FinishErasure, context: CommandContext, ports: Ports) -> Receipt:
    """Once: whoever comes second adds nothing."""
    erased = command.erased
    stream = StreamId(erased.document_id if isinstance(erased, DocumentErased) else erased.subject_id)
    recorded = await ports.log.load(stream, context.tenant)
    version = recorded[-1].stream_version
    events = [] if is_finished([event.event for event in recorded]) else [erased]
    return await ports.log.append([StreamWrite(stream, version, events)], context)
