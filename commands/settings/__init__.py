"""What can be asked of settings."""
