"""Prompt templates: what models are told, in versions that somebody approved."""
