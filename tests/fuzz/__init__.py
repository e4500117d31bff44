"""Hostile bytes for the parsers that stand before the CRDT: generated, mutated, guided by coverage."""
