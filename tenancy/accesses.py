"""Who read what: whoever hands content out says so here, and it becomes an entry of the audit log."""

from typing import Protocol
from uuid import UUID

from domain.evidence.events import AccessKind, ObjectKind
from tenancy.context import TenantContext


class Accesses(Protocol):
    """Both return at once; the events follow within moments."""

    def note(self, context: TenantContext, kind: AccessKind, object_kind: ObjectKind, object_id: UUID) -> None:
        """Somebody read, searched, exported or retrieved something."""
        ...

    def refused(self, context: TenantContext, reason: str, object_kind: ObjectKind, object_id: UUID) -> None:
        """Somebody asked for what they may not do; `reason` is the refusal's code."""
        ...
