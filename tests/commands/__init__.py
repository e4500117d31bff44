"""What commands promise, on the real log."""
