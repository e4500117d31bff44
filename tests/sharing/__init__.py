"""Documents that are shared with some people only."""
