"""REST as clients see it."""
