"""The API that Anthropic clients speak: messages, streamed or whole, errors in its envelope."""
