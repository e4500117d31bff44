"""Drivers against the real thing: PostgreSQL, Redis, logs."""
