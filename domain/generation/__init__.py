"""Text asked of a model for a document: what can happen to it, what is remembered, what is allowed."""
