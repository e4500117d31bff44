"""One door to every AI provider: policy, routing, budget, redaction and cache, each a stage with one job."""
