"""Which role may do what: one table."""

from enum import StrEnum

from domain.directory.roles import Role


class Permission(StrEnum):
    """What a command, a question or a field of the API asks for."""

    DOCUMENT_READ = "document:read"
    DOCUMENT_WRITE = "document:write"
    DOCUMENT_ARCHIVE = "document:archive"
    DOCUMENT_SHARE = "document:share"
    DOCUMENT_SUGGEST = "document:suggest"
    DOCUMENT_COMMENT = "document:comment"
    AI_USE = "ai:use"
    GLOSSARY_WRITE = "glossary:write"
    TEMPLATE_READ = "template:read"
    TEMPLATE_WRITE = "template:write"
    TEMPLATE_APPROVE = "template:approve"
    USAGE_READ = "usage:read"
    PROVIDER_READ = "provider:read"
    BUDGET_WRITE = "budget:write"
    MODERATION_REVIEW = "moderation:review"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    MEMBER_READ = "member:read"
    MEMBER_WRITE = "member:write"
    KEY_WRITE = "key:write"
    AUDIT_READ = "audit:read"
    AUDIT_EXPORT = "audit:export"
    ERASURE_WRITE = "erasure:write"
    EVENTS_READ = "events:read"
    # Every member may begin and end sessions of their own.
    SIGN_IN = "session:write"
    # Held by the operator's command line and by processes of ours, by no member.
    TENANT_OPEN = "tenant:open"
    # What the platform records about work that it did itself: settled calls, finished generations, accesses.
    WORK_RECORD = "work:record"


_READS = frozenset({Permission.DOCUMENT_READ, Permission.SIGN_IN})
_DISCUSSES = _READS | {Permission.DOCUMENT_SUGGEST, Permission.DOCUMENT_COMMENT}
_WRITES = _DISCUSSES | {
    Permission.DOCUMENT_WRITE,
    Permission.DOCUMENT_ARCHIVE,
    Permission.DOCUMENT_SHARE,
    Permission.AI_USE,
    Permission.GLOSSARY_WRITE,
    Permission.TEMPLATE_READ,
}
_ADMINISTERS = _WRITES | {
    Permission.MEMBER_READ,
    Permission.MEMBER_WRITE,
    Permission.KEY_WRITE,
    Permission.USAGE_READ,
    Permission.PROVIDER_READ,
    Permission.BUDGET_WRITE,
    Permission.MODERATION_REVIEW,
    Permission.SETTINGS_READ,
    Permission.SETTINGS_WRITE,
    Permission.TEMPLATE_WRITE,
    Permission.TEMPLATE_APPROVE,
    Permission.AUDIT_READ,
    Permission.AUDIT_EXPORT,
    Permission.ERASURE_WRITE,
    Permission.EVENTS_READ,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _ADMINISTERS,
    Role.ADMIN: _ADMINISTERS,
    Role.EDITOR: _WRITES,
    Role.VIEWER: _DISCUSSES,
    Role.AUDITOR: _READS
    | {
        Permission.MEMBER_READ,
        Permission.USAGE_READ,
        Permission.SETTINGS_READ,
        Permission.TEMPLATE_READ,
        Permission.AUDIT_READ,
        Permission.AUDIT_EXPORT,
        Permission.EVENTS_READ,
    },
}

OPERATOR_PERMISSIONS = frozenset(Permission)
"""What the operator's command line may do, within the tenant that it names."""
