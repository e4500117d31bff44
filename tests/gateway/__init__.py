"""The one door to every model: budgets, masking, fallback, the ledger."""
