"""What a message is asked with, in Anthropic's words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from api.cost_tags import Tags
from api.openai.completions import MESSAGES_MAX, OUTPUT_TOKENS_MAX, Stop
from api.openai.messages import TOOL_DESCRIPTION_CHARACTERS_MAX, TOOLS_MAX, CallName, Name, Strict, check_tools
from domain.ids import CallId
from gateway.calls import AiRequest, Purpose, Speaker, Structure, Tool, ToolCall, Turn
from gateway.prompting import PROMPT_CHARACTERS_MAX

BLOCKS_MAX = 1_000
STOPS_MAX = 16
ENDPOINT = "/v1/messages"


class CacheControl(Strict):
    """Taken and not needed: what a provider keeps of a prompt is the gateway's business."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class Block(Strict):
    cache_control: CacheControl | None = None


class TextBlock(Block):
    type: Literal["text"]
    text: str
    citations: Annotated[list[Any] | None, Field(max_length=0)] = None


class ToolUseBlock(Block):
    type: Literal["tool_use"]
    id: CallName
    name: Name
    input: dict[str, Any]
    caller: dict[str, Any] | None = None


class ToolResultBlock(Block):
    type: Literal["tool_result"]
    tool_use_id: CallName
    content: str | Annotated[list[TextBlock], Field(max_length=BLOCKS_MAX)] | None = None
    is_error: bool | None = None

    def turn(self) -> Turn:
        text = "".join(one.text for one in self.content) if isinstance(self.content, list) else self.content or ""
        return Turn(Speaker.TOOL, f"Error: {text}" if self.is_error else text, tool_call_id=self.tool_use_id)


AnyBlock = Annotated[TextBlock | ToolUseBlock | ToolResultBlock, Field(discriminator="type")]


class Message(Strict):
    role: Literal["user", "assistant"]
    content: str | Annotated[list[AnyBlock], Field(max_length=BLOCKS_MAX)]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        foreign = ToolResultBlock if self.role == "assistant" else ToolUseBlock
        if any(isinstance(block, foreign) for block in self._blocks()):
            raise ValueError("tool_use belongs to messages of the assistant, tool_result to those of the user")
        return self

    def _blocks(self) -> list[TextBlock | ToolUseBlock | ToolResultBlock]:
        return [TextBlock(type="text", text=self.content)] if isinstance(self.content, str) else self.content

    def turns(self) -> Iterator[Turn]:
        """Yield what tools have answered, each by itself, and then what was said."""
        blocks = self._blocks()
        yield from (block.turn() for block in blocks if isinstance(block, ToolResultBlock))
        text = "".join(block.text for block in blocks if isinstance(block, TextBlock))
        calls = tuple(
            ToolCall(id=block.id, name=block.name, arguments=json.dumps(block.input, ensure_ascii=False))
            for block in blocks
            if isinstance(block, ToolUseBlock)
        )
        if text or calls:
            yield Turn(Speaker(self.role), text, tool_calls=calls)


class ToolToOffer(Block):
    type: Literal["custom"] | None = None
    name: Name
    description: Annotated[str | None, Field(max_length=TOOL_DESCRIPTION_CHARACTERS_MAX)] = None
    input_schema: dict[str, Any]
    strict: bool | None = None

    def tool(self) -> Tool:
        return Tool(
            name=self.name,
            description=self.description or "",
            parameters=self.input_schema,
            strict=bool(self.strict),
        )


class ToolChoice(Strict):
    type: Literal["auto", "any", "tool", "none"]
    name: Name | None = None
    disable_parallel_tool_use: bool | None = None

    @property
    def chosen(self) -> str:
        return self.name or "" if self.type == "tool" else "required" if self.type == "any" else self.type


class Metadata(Strict):
    """Taken and sent nowhere: who asks is known by the key, and no provider is told."""

    user_id: Annotated[str | None, Field(max_length=512)] = None


class JsonFormat(Strict):
    type: Literal["json_schema"]
    schema_: Annotated[dict[str, Any], Field(alias="schema")]


class OutputConfig(Strict):
    format: JsonFormat | None = None


class Thinking(Strict):
    type: Literal["disabled"]


class PromptOfMessages(Strict):
    """What a model reads; every other parameter is refused by its name."""

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MESSAGES_MAX)]
    system: str | Annotated[list[TextBlock], Field(max_length=BLOCKS_MAX)] | None = None
    tools: Annotated[list[ToolToOffer] | None, Field(max_length=TOOLS_MAX)] = None
    tool_choice: ToolChoice | None = None
    output_config: OutputConfig | None = None
    thinking: Thinking | None = None
    cache_control: CacheControl | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        choice = self.tool_choice
        check_tools(
            self._tools(), choice.chosen if choice else "auto", named=choice is not None and choice.type == "tool"
        )
        return self

    def _tools(self) -> tuple[Tool, ...]:
        return tuple(one.tool() for one in self.tools or ())

    def ai_request(self, call_id: CallId, tags: Tags) -> AiRequest:
        """Return the gateway's request; passages are looked up for what the user said last."""
        system = "\n\n".join(one.text for one in self.system) if isinstance(self.system, list) else self.system
        turns = tuple(turn for message in self.messages for turn in message.turns())
        question = next((turn.text for turn in reversed(turns) if turn.speaker is Speaker.USER), None)
        form = None if self.output_config is None else self.output_config.format
        choice = self.tool_choice
        return AiRequest(
            call_id=call_id,
            purpose=Purpose.COMPLETION,
            turns=(Turn(Speaker.SYSTEM, system), *turns) if system else turns,
            question=None if question is None else question[:PROMPT_CHARACTERS_MAX],
            model=self.model,
            tools=self._tools(),
            tool_choice=choice.chosen if choice else "auto",
            tools_at_once=not (choice and choice.disable_parallel_tool_use),
            structure=None if form is None else Structure(name="answer", schema=form.schema_),
            tags=tags,
            endpoint=ENDPOINT,
        )


class MessagesRequest(PromptOfMessages):
    """The parameters that are taken; every other one is refused by its name."""

    max_tokens: Annotated[int, Field(ge=1, le=OUTPUT_TOKENS_MAX)]
    stop_sequences: Annotated[list[Stop] | None, Field(max_length=STOPS_MAX)] = None
    stream: bool | None = False
    temperature: Annotated[float | None, Field(ge=0, le=1)] = None
    metadata: Metadata | None = None

    def ai_request(self, call_id: CallId, tags: Tags) -> AiRequest:
        """Return the gateway's request."""
        return replace(
            super().ai_request(call_id, tags),
            output_tokens_max=self.max_tokens,
            temperature=self.temperature,
            stop=tuple(self.stop_sequences or ()),
            read_at_end=not self.stream,
        )
