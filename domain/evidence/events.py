"""What can happen to evidence: accesses, reports about the log, erasure of content in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from domain.ids import DocumentId, MemberId, ReportId, StreamId
from domain.sealed import Sealed


class AccessKind(StrEnum):
    """What somebody did with something without changing it."""

    READ = "read"
    EXPORT = "export"
    SEARCH = "search"
    AUDIT = "audit"
    RETRIEVAL = "retrieval"


class ObjectKind(StrEnum):
    """What was accessed."""

    TENANT = "tenant"
    DOCUMENT = "document"
    CONVERSATION = "conversation"
    REPORT = "report"


class ErasureScope(StrEnum):
    """Whose content is erased."""

    DOCUMENT = "document"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecorded(Sealed):
    """Somebody read something `count` times between two moments at most five minutes apart."""

    kind: AccessKind
    object_kind: ObjectKind
    object_id: UUID
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRefused(Sealed):
    """Somebody asked for what they may not do; `reason` is the code of the refusal."""

    reason: str
    object_kind: ObjectKind
    object_id: UUID
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReportRequested(Sealed):
    """The filter as typed; empty means all. `member_id` is None for the operator."""

    report_id: ReportId
    member_id: MemberId | None
    start: datetime | None
    end: datetime | None
    actor: str
    action: str
    subject_id: UUID | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReportCompleted(Sealed):
    """The bundle is there until `expires_at`; `size` and `root` are those of the checkpoint it was made against."""

    report_id: ReportId
    entry_count: int
    matching_count: int
    size: int
    root: bytes
    manifest_sha256: bytes
    bundle_bytes: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReportFailed(Sealed):
    report_id: ReportId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested(Sealed):
    """Stands in the target's own stream: from here on a document takes no edits, a person signs in no more."""

    scope: ErasureScope
    target_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentErased(Sealed):
    """The keys were destroyed, and with them every segment that they sealed; nothing brings it back."""

    document_id: DocumentId
    key_ids: tuple[UUID, ...]
    payloads_deleted: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectErased(Sealed):
    """What was personal of somebody is gone; what they did stays, under a reference that names nobody."""

    subject_id: UUID
    key_ids: tuple[UUID, ...]
    payloads_deleted: int
    reason: str


AuditReportEvent = AuditReportRequested | AuditReportCompleted | AuditReportFailed
Erased = DocumentErased | SubjectErased


def access_stream(object_id: UUID) -> StreamId:
    """Return the stream of who accessed something."""
    return StreamId(uuid5(object_id, "access"))
