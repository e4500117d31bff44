"""Proposed text: written by people and by models, decided hunk by hunk, no content before."""
