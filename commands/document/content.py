"""A document's content as a command finds it: whether it may be changed, and whether it is what the caller has seen."""

from dataclasses import dataclass, replace

from commands.body_states import BodyState
from commands.event_log import CommandContext, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.streams import LoadedDocument, load_writable
from domain.document.events import EditsRecorded
from domain.ids import DocumentId, document_stream, edits_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A document that is to be edited and its body; `is_pinned` when it may be edited only as it is."""

    document_id: DocumentId
    document: LoadedDocument
    body: BodyState
    is_pinned: bool

    @property
    def still_writable(self) -> StreamWrite:
        """Writes nothing; with it nothing else is written once the document has changed."""
        return StreamWrite(document_stream(self.document_id), self.document.version, [])

    def edited(self, edits: list[EditsRecorded]) -> StreamWrite:
        """Others' edits meanwhile are merged, unless the content is pinned."""
        return StreamWrite(edits_stream(self.document_id), self.body.version if self.is_pinned else None, edits)

    def unchanged(self, receipt: Receipt) -> Receipt:
        """Return where the content stands: there was nothing to change."""
        return replace(receipt, position=self.body.position or receipt.position)


async def load_content(
    ports: Ports, document_id: DocumentId, context: CommandContext, seen_position: int | None
) -> Content:
    """Raise VersionConflict when the caller has seen content whose last edit is not that of now."""
    document = await load_writable(ports.log, document_id, context)
    body = await ports.body_states.load(document_id, context.tenant)
    if seen_position not in {None, body.position}:
        raise VersionConflict(edits_stream(document_id), body.position)
    return Content(document_id=document_id, document=document, body=body, is_pinned=seen_position is not None)
