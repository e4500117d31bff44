"""Names for the ids that travel through the system, so that one is never mistaken for another."""

from typing import NewType
from uuid import UUID, uuid5

TenantId = NewType("TenantId", UUID)
MemberId = NewType("MemberId", UUID)
DocumentId = NewType("DocumentId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
SessionId = NewType("SessionId", UUID)
SignInLinkId = NewType("SignInLinkId", UUID)
StreamId = NewType("StreamId", UUID)
EventId = NewType("EventId", UUID)


def document_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of what is decided about a document: its title, its archival."""
    return StreamId(document_id)


def edits_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of a document's edits: ordered by the log, never by an expected version."""
    return StreamId(uuid5(document_id, "edits"))
