"""What AI costs and may cost, on every surface."""
