"""Whether a document has room for an edit: beyond its limit nobody could open it for editing."""

from typing import ClassVar

from commands.content_work import content_work
from commands.execute import Ports
from domain.errors import Invalid


class DocumentFull(Invalid):
    """The document would be larger than this installation takes, as Yjs encodes it; edits that make it smaller pass."""

    code: ClassVar = "document.full"

    def __init__(self, document_state_bytes_max: int) -> None:
        super().__init__(f"The document would have more than {document_state_bytes_max} bytes.")
        self._document_state_bytes_max = document_state_bytes_max

    def facts(self) -> dict[str, object]:
        return {"document_state_bytes_max": self._document_state_bytes_max}


async def require_room(ports: Ports, state: bytes, update: bytes) -> None:
    """Raise DocumentFull. It is measured only when it could be too large: what an edit deletes counts no longer."""
    bytes_max = ports.document_state_bytes_max
    if not update or len(state) + len(update) <= bytes_max:
        return
    after = await content_work(ports.bodies.merge, [state, update])
    if len(after) > max(bytes_max, len(state)):
        raise DocumentFull(bytes_max)
