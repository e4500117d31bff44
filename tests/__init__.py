"""Tests: a file is a behaviour, a function is a claim."""
