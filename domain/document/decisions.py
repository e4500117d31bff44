"""What is allowed to be done with a document."""

import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from domain.document.body import BodyKind
from domain.document.events import (
    DocumentArchived,
    DocumentCreated,
    DocumentEvent,
    DocumentRenamed,
    DocumentRestored,
)
from domain.document.state import Document, Stage
from domain.errors import Conflict, Invalid, NotFound
from domain.free_text import is_clean_line
from domain.ids import DocumentId

TITLE_CHARACTERS_MAX = 300


class NoSuchDocument(NotFound):
    """There is no such document for whoever asks."""

    code: ClassVar = "document.not_found"

    def __init__(self, document_id: DocumentId) -> None:
        super().__init__("There is no such document.")
        self.document_id = document_id


class DocumentAlreadyExists(Conflict):
    """A document with this id was created before."""

    code: ClassVar = "document.already_exists"

    def __init__(self, document_id: DocumentId) -> None:
        super().__init__("A document with this id exists already.")
        self.document_id = document_id


class DocumentIsArchived(Conflict):
    """An archived document can be read and restored, nothing else."""

    code: ClassVar = "document.archived"

    def __init__(self, document_id: DocumentId) -> None:
        super().__init__("The document is archived; restore it first.")
        self.document_id = document_id


class DocumentIsErased(NotFound):
    """The document's content was erased for good; what is left of it is in the audit log."""

    code: ClassVar = "document.erased"

    def __init__(self, document_id: DocumentId) -> None:
        super().__init__("The document was erased.")
        self.document_id = document_id


class TitleRefused(Invalid):
    """A title is one line of visible text of limited length."""

    code: ClassVar = "document.title_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

    def facts(self) -> dict[str, object]:
        return {"title_characters_max": TITLE_CHARACTERS_MAX}


def create(document: Document, *, document_id: DocumentId, title: str, body: BodyKind) -> Sequence[DocumentEvent]:
    """Begin a document; ids are never used twice."""
    if document.stage is not Stage.UNWRITTEN:
        raise DocumentAlreadyExists(document_id)
    return [DocumentCreated(document_id=document_id, title=_accepted_title(title), body=body)]


def rename(document: Document, *, document_id: DocumentId, title: str) -> Sequence[DocumentEvent]:
    """Give the document another title; the same title again changes nothing."""
    require_writable(document, document_id)
    accepted = _accepted_title(title)
    return [] if accepted == document.title else [DocumentRenamed(document_id=document_id, title=accepted)]


def archive(document: Document, *, document_id: DocumentId) -> Sequence[DocumentEvent]:
    """Put the document away; archiving twice changes nothing."""
    require_written(document, document_id)
    return [] if document.stage is Stage.ARCHIVED else [DocumentArchived(document_id=document_id)]


def restore(document: Document, *, document_id: DocumentId) -> Sequence[DocumentEvent]:
    """Take the document out of the archive; restoring a draft changes nothing."""
    require_written(document, document_id)
    return [DocumentRestored(document_id=document_id)] if document.stage is Stage.ARCHIVED else []


def require_written(document: Document, document_id: DocumentId) -> None:
    """Raise NoSuchDocument when nobody created the document, DocumentIsErased when its content is gone."""
    if document.stage is Stage.UNWRITTEN:
        raise NoSuchDocument(document_id)
    if document.stage is Stage.ERASED:
        raise DocumentIsErased(document_id)


def require_writable(document: Document, document_id: DocumentId) -> None:
    """Raise when the document takes no edits: unknown or archived."""
    require_written(document, document_id)
    if document.stage is Stage.ARCHIVED:
        raise DocumentIsArchived(document_id)


def _accepted_title(title: str) -> str:
    """Return the title trimmed and in NFC; refuse an empty, long or multi-line one."""
    accepted = unicodedata.normalize("NFC", title).strip()
    if not accepted:
        raise TitleRefused("A document needs a title.")
    if len(accepted) > TITLE_CHARACTERS_MAX:
        raise TitleRefused(f"A title has at most {TITLE_CHARACTERS_MAX} characters.")
    if not is_clean_line(accepted):
        raise TitleRefused("A title is one line without control characters.")
    return accepted
