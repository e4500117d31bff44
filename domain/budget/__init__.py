"""What may be spent in a period, and what was told and decided about it."""
