"""What a member can be within a tenant."""

from enum import StrEnum


class Role(StrEnum):
    """The five roles; what each may do is decided in tenancy/roles.py."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"
    AUDITOR = "auditor"
