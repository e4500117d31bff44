"""The REST resources, one file a resource: its router and its wire models."""
