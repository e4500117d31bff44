"""A document: what can happen to it, what is remembered of it, what is allowed."""
