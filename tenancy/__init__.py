"""Whose data this is: the tenant context in a ContextVar, roles and permissions, tenant-qualified keys."""
