"""Random concurrent histories, and an oracle that knows of each of their characters who wrote it."""
