"""What a chat completion is asked with, in OpenAI's words."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from api.cost_tags import Tags
from api.openai.messages import TOOLS_MAX, Message, ResponseFormat, Strict, ToolChoice, ToolToOffer, tools_of
from domain.ids import CallId
from gateway.calls import AiRequest, Purpose, Speaker
from gateway.prompting import PROMPT_CHARACTERS_MAX

MESSAGES_MAX = 500
OUTPUT_TOKENS_MAX = 1_000_000
STOPS_MAX = 4
STOP_CHARACTERS_MAX = 200
METADATA_MAX = 100
"""More than that are not read at all; what is a tag is decided by api.cost_tags."""
ENDPOINT = "/v1/chat/completions"

Stop = Annotated[str, Field(min_length=1, max_length=STOP_CHARACTERS_MAX)]
Nought = Annotated[float | None, Field(ge=0, le=0)]


class StreamOptions(Strict):
    include_usage: bool = False
    include_obfuscation: Literal[False] | None = None


class ChatCompletionRequest(Strict):
    """
    The parameters that are taken; every other one is refused by its name.

    `user` and `safety_identifier` are taken and go nowhere: who asks is known by the key, and no provider is told.
    What has one value here is the default of the protocol, which some clients send.
    """

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MESSAGES_MAX)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int | None, Field(ge=1, le=OUTPUT_TOKENS_MAX)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1, le=OUTPUT_TOKENS_MAX)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    stop: Stop | Annotated[list[Stop], Field(max_length=STOPS_MAX)] | None = None
    tools: Annotated[list[ToolToOffer] | None, Field(max_length=TOOLS_MAX)] = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    metadata: Annotated[dict[str, str] | None, Field(max_length=METADATA_MAX)] = None
    user: Annotated[str | None, Field(max_length=512)] = None
    safety_identifier: Annotated[str | None, Field(max_length=512)] = None
    n: Literal[1] | None = 1
    logprobs: Literal[False] | None = None
    store: Literal[False] | None = None
    top_p: Annotated[float | None, Field(ge=1, le=1)] = None
    frequency_penalty: Nought = None
    presence_penalty: Nought = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        tools_of(self.tools, self.tool_choice)
        return self

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def ai_request(self, call_id: CallId, tags: Tags) -> AiRequest:
        """Return the gateway's request; passages are looked up for what the user said last."""
        turns = tuple(message.turn() for message in self.messages)
        question = next((turn.text for turn in reversed(turns) if turn.speaker is Speaker.USER), None)
        tools, choice = tools_of(self.tools, self.tool_choice)
        return AiRequest(
            call_id=call_id,
            purpose=Purpose.COMPLETION,
            turns=turns,
            question=None if question is None else question[:PROMPT_CHARACTERS_MAX],
            model=self.model,
            output_tokens_max=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
            tools=tools,
            tool_choice=choice,
            tools_at_once=self.parallel_tool_calls is not False,
            structure=None if self.response_format is None else self.response_format.structure(),
            tags=tags,
            endpoint=ENDPOINT,
            read_at_end=not self.stream,
        )
