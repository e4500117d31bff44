"""The API that OpenAI clients speak: models, chat completions, errors in its envelope."""
