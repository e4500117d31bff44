"""Tests of what is known: chunks, entities, retrieval, indexes."""
