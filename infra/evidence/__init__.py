"""Evidence on PostgreSQL and disk: sealer, proofs, report bundles and their verifier, erasure."""
