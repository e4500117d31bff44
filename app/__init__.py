"""Composition root and processes; the only package that imports everything."""
