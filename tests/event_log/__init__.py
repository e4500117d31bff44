"""The event log's promises, on a real PostgreSQL."""
