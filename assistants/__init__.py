"""Conversational agents as state graphs persisted in the event log; they act only by sending commands."""
