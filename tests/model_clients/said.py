"""What is asked and said in these tests."""

import json
from typing import Any, Final

from pydantic import BaseModel

MODEL: Final = "openai/gpt-4o-mini"
CLAUDE: Final = "anthropic/claude-haiku-4-5"
QUESTION: Final[Any] = [{"role": "user", "content": "How is the weather in Kyiv?"}]
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"town": {"type": "string"}},
    "required": ["town"],
    "additionalProperties": False,
}
WEATHER: Final[Any] = {
    "type": "function",
    "function": {"name": "weather", "description": "How the weather is.", "parameters": SCHEMA, "strict": True},
}
ADA: Final[dict[str, Any]] = {"name": "Ada", "age": 36}
ADA_SAID: Final = [json.dumps(ADA)]


class Person(BaseModel):
    name: str
    age: int
