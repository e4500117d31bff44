"""What a stock OpenAI client meets at /v1."""
