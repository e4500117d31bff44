"""Every name outside PostgreSQL that belongs to a tenant: channels now, cache keys and paths as they come."""

from domain.ids import DocumentId, TenantId


def presence_channel(tenant_id: TenantId, document_id: DocumentId) -> str:
    """Return the channel on which processes tell each other who is in a document."""
    return f"colophon:{tenant_id}:presence:{document_id}"
