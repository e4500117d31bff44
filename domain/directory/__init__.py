"""Tenants, members and credentials: what can happen to them, what is remembered, what is allowed."""
