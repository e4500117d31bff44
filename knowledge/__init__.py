"""Passages, entities, relations and retrieval with citations; ports only, never a driver."""
