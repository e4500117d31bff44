"""Calls of language models: what each cost and why."""
