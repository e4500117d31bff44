"""Nobody sees another tenant's data, by whatever way."""
