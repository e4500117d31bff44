"""Names for the ids that travel through the system, so that one is never mistaken for another."""

from functools import lru_cache
from typing import Final, NewType
from uuid import UUID, uuid5

TenantId = NewType("TenantId", UUID)
MemberId = NewType("MemberId", UUID)
DocumentId = NewType("DocumentId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
SessionId = NewType("SessionId", UUID)
SignInLinkId = NewType("SignInLinkId", UUID)
InvitationId = NewType("InvitationId", UUID)
VerifierId = NewType("VerifierId", UUID)
StreamId = NewType("StreamId", UUID)
GenerationId = NewType("GenerationId", UUID)
SuggestionId = NewType("SuggestionId", UUID)
CommentId = NewType("CommentId", UUID)
ConversationId = NewType("ConversationId", UUID)
CallId = NewType("CallId", UUID)
TermId = NewType("TermId", UUID)
ReviewId = NewType("ReviewId", UUID)
PhraseId = NewType("PhraseId", UUID)
ReportId = NewType("ReportId", UUID)
EvaluationId = NewType("EvaluationId", UUID)
EventId = NewType("EventId", UUID)

PLATFORM: Final = TenantId(UUID("00000000-0000-8000-8000-000000000000"))
"""The house itself: the tenant in whose log stand the settings that bind all others. It has no members."""

DOCUMENTS_KEPT_MAX: Final = 10_000
"""Streams of so many documents are remembered: hashing a name costs more than all else that a keystroke asks of one."""


def document_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of what is decided about a document: its title, its archival."""
    return StreamId(document_id)


@lru_cache(DOCUMENTS_KEPT_MAX)
def edits_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of a document's edits: ordered by the log, never by an expected version."""
    return StreamId(uuid5(document_id, "edits"))


def comments_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of what is said about a document, in all its threads."""
    return StreamId(uuid5(document_id, "comments"))


def history_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of what was taken back or brought back in a document; one after the other."""
    return StreamId(uuid5(document_id, "history"))


def versions_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of a document's named versions."""
    return StreamId(uuid5(document_id, "versions"))


def conversation_stream(conversation_id: ConversationId) -> StreamId:
    """Return the stream of a conversation: what was asked, answered and undone."""
    return StreamId(conversation_id)


def checkpoints_stream(conversation_id: ConversationId) -> StreamId:
    """Return the stream of what an assistant remembers while it works on a conversation."""
    return StreamId(uuid5(conversation_id, "checkpoints"))
