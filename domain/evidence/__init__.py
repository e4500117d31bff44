"""What proves what happened: the Merkle tree of the log, its checkpoints, reports about it, erasure in it."""
