"""The tenant's own words: what a term means here and what else it is called."""
