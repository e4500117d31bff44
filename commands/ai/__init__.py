"""What is recorded about calls of language models."""
