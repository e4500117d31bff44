"""Commands of auditors and of the work behind evidence: reports, accesses, erasure."""
