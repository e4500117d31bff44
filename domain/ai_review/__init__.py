"""Findings of the checks of prompts and answers that somebody has to judge."""
