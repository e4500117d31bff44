"""What can be asked of conversations with an assistant."""
