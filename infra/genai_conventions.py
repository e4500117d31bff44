"""The words of OpenTelemetry's conventions for generative AI, of one version: they are still being developed."""

from typing import Final

VERSION: Final = "opentelemetry-semantic-conventions 0.66b2"
"""Where each of these names stands, in `_incubating.attributes.gen_ai_attributes`; a test compares them."""

OPERATION_NAME: Final = "gen_ai.operation.name"
PROVIDER_NAME: Final = "gen_ai.provider.name"
CONVERSATION_ID: Final = "gen_ai.conversation.id"
OUTPUT_TYPE: Final = "gen_ai.output.type"
PROMPT_NAME: Final = "gen_ai.prompt.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
REQUEST_TEMPERATURE: Final = "gen_ai.request.temperature"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
RESPONSE_TIME_TO_FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
USAGE_INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
USAGE_OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
USAGE_CACHE_READ_INPUT_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
USAGE_CACHE_CREATION_INPUT_TOKENS: Final = "gen_ai.usage.cache_creation.input_tokens"
USAGE_REASONING_OUTPUT_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
ERROR_TYPE: Final = "error.type"

CHAT: Final = "chat"
EMBEDDINGS: Final = "embeddings"

PROVIDERS: Final = {"openai": "openai", "azure": "azure.ai.openai", "anthropic": "anthropic"}
"""What the conventions call each kind of account; of the others they say nothing."""

FINISH_REASONS: Final = {"stop": "stop", "length": "length", "tool_calls": "tool_call", "declined": "content_filter"}
"""What they call why an answer ends; ours has more reasons than they know."""
