"""Every name outside PostgreSQL that belongs to a tenant: channels, counters, caches."""

from uuid import UUID

from domain.ids import CallId, DocumentId, GenerationId, ReportId, TenantId

BUDGETS_AGE = "colophon:budgets:age"
"""Which filling of the store this is: of no tenant, gone when the store was flushed."""
BUDGETS_FILLING = "colophon:budgets:filling"
BUDGETS_LEASES = "colophon:budgets:leases"
"""Whose holds end when, by the name of each tenant's leases: what a sweep looks at."""


def document_channel(tenant_id: TenantId, document_id: DocumentId) -> str:
    """Return the channel on which processes tell each other who is in a document and how far its log has come."""
    return f"colophon:{tenant_id}:document:{document_id}"


def budget_key(tenant_id: TenantId, scope: str, owner_id: UUID, period: str, currency: str) -> str:
    """Return the counter of one budget line; the braces keep a tenant's counters on one node of a cluster."""
    return f"colophon:{{{tenant_id}}}:budget:{currency}:{scope}:{owner_id}:{period}"


def hold_key(tenant_id: TenantId, call_id: CallId) -> str:
    """Return what one call has reserved."""
    return f"colophon:{{{tenant_id}}}:hold:{call_id}"


def leases_key(tenant_id: TenantId) -> str:
    """Return the tenant's open holds by when each of them ends by itself."""
    return f"colophon:{{{tenant_id}}}:leases"


def minute_key(tenant_id: TenantId, counted: str, owner_id: UUID, minute: int) -> str:
    """Return the counter of one minute."""
    return f"colophon:{{{tenant_id}}}:minute:{counted}:{owner_id}:{minute}"


def answer_key(tenant_id: TenantId, digest: str) -> str:
    """Return where an answer is kept that may be given again."""
    return f"colophon:{{{tenant_id}}}:answer:{digest}"


def answers_age(tenant_id: TenantId) -> str:
    """Return which age of kept answers it is: those of another one are never given again."""
    return f"colophon:{{{tenant_id}}}:answers-age"


def sign_in_attempts(subject: bytes) -> str:
    """Return the counter of one account's or one address's attempts to sign in; `subject` is a keyed hash."""
    return f"colophon:sign-in:{subject.hex()}"


def vector_folder(tenant_id: TenantId) -> str:
    """Return the name of the folder that holds a tenant's vectors and nobody else's."""
    return str(tenant_id)


def generation_channel(tenant_id: TenantId, generation_id: GenerationId) -> str:
    """Return the channel on which a text is heard while it is written."""
    return f"colophon:{tenant_id}:generation:{generation_id}"


def reports_folder(tenant_id: TenantId) -> str:
    """Return the folder that holds a tenant's report bundles and nobody else's."""
    return f"tenants/{tenant_id}/reports"


def report_path(tenant_id: TenantId, report_id: ReportId) -> str:
    """Return where a report's bundle lies."""
    return f"{reports_folder(tenant_id)}/{report_id}.zip"


def archive_path(tenant_id: TenantId, segment_id: UUID) -> str:
    """Return where a segment of a tenant's archived payloads lies."""
    return f"tenants/{tenant_id}/archive/{segment_id}.segment"


def turn_channel(tenant_id: TenantId, turn_id: UUID) -> str:
    """Return the channel on which an answer is heard while it is made."""
    return f"colophon:{tenant_id}:turn:{turn_id}"
