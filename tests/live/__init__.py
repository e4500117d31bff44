"""Live editing as Yjs clients see it."""
