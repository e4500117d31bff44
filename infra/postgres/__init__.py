"""Connections, roles, migrations and the embedded server."""
