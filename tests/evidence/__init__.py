"""The log proves itself: trees, checkpoints, audit entries, reports and erasure."""
