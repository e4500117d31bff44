"""What happens to a call before a model is called, each stage with one job; their order is in gateway.preparation."""
