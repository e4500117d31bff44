"""Adapters of knowledge: PostgreSQL tables, Qdrant, spaCy, the embedding model."""
