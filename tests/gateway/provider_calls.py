"""A provider called by itself, against a server that speaks its protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.calls import Purpose, Speaker, Structure, Tool, ToolCall, Turn
from gateway.providers.port import Material, Piece, Provider, ProviderCall, Used

WEATHER = Tool(
    name="weather",
    description="How the weather is in a town.",
    parameters={"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
)
PERSON = Structure(
    name="person",
    schema={
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    },
)
QUESTION = (Turn(Speaker.SYSTEM, "Be brief."), Turn(Speaker.USER, "How long does it take?"))
AFTER_A_TOOL = (
    *QUESTION,
    Turn(Speaker.ASSISTANT, "I look.", (ToolCall(id="call.1", name="weather", arguments='{"town": "Kyiv"}'),)),
    Turn(Speaker.TOOL, "Sun.", tool_call_id="call.1"),
    Turn(Speaker.USER, "And now?"),
)


def a_call(model: str = "gpt-4o-mini", **differences: Any) -> ProviderCall:
    wish = {"turns": QUESTION, "output_tokens_max": 64, "material": Material(purpose=Purpose.COMPLETION)}
    return ProviderCall(model=model, **{**wish, **differences})


@dataclass(slots=True)
class Said:
    """What a provider yielded."""

    text: str = ""
    tools: list[ToolCall] = field(default_factory=list)
    used: Used | None = None

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(call.name, call.arguments) for call in self.tools]

    @property
    def end(self) -> Used:
        assert self.used is not None
        return self.used


async def said_by(provider: Provider, call: ProviderCall, so_far: Said | None = None) -> Said:
    """Read all of an answer; what came before a failure stands in `so_far`."""
    said = so_far or Said()
    async for item in provider.stream(call):
        assert said.used is None, "what was used comes last"
        match item:
            case Piece():
                said.text += item.text
            case ToolCall():
                said.tools.append(item)
            case Used():
                said.used = item
    return said


@asynccontextmanager
async def closing(provider: Provider) -> AsyncIterator[Provider]:
    try:
        yield provider
    finally:
        await provider.close()
