"""What the stock SDKs of OpenAI and Anthropic can do; each test is a row of docs/reference/model-clients.md."""
