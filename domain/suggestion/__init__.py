"""Proposed changes of a document, decided hunk by hunk; until then they are no content of it."""
