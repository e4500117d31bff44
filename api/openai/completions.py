"""What a chat completion is asked with and answered with, in OpenAI's words."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.openai.sources import source_model
from domain.ids import CallId
from gateway.calls import AiRequest, Answer, FinishReason, Purpose, Speaker, Turn
from gateway.prompting import PROMPT_CHARACTERS_MAX

MESSAGES_MAX = 500
OUTPUT_TOKENS_MAX = 1_000_000

FINISH: Final = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.BUDGET: "length",
    FinishReason.BLOCKED: "content_filter",
    FinishReason.DECLINED: "content_filter",
    FinishReason.CANCELLED: "stop",
}


class _Strict(BaseModel):
    """A parameter that is not listed is refused with its name, never dropped in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(_Strict):
    type: Literal["text"]
    text: str


class Message(_Strict):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]
    name: None = None

    def turn(self) -> Turn:
        speaker = Speaker.SYSTEM if self.role == "developer" else Speaker(self.role)
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return Turn(speaker, text)


class StreamOptions(_Strict):
    include_usage: bool = False


class ChatCompletionRequest(_Strict):
    """The parameters that are taken; every other one is refused by its name."""

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MESSAGES_MAX)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int | None, Field(ge=1, le=OUTPUT_TOKENS_MAX)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1, le=OUTPUT_TOKENS_MAX)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    n: Literal[1] = 1

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def ai_request(self, call_id: CallId) -> AiRequest:
        """Return the gateway's request; passages are looked up for what the user said last."""
        turns = tuple(message.turn() for message in self.messages)
        question = next((turn.text for turn in reversed(turns) if turn.speaker is Speaker.USER), None)
        return AiRequest(
            call_id=call_id,
            purpose=Purpose.COMPLETION,
            turns=turns,
            question=None if question is None else question[:PROMPT_CHARACTERS_MAX],
            model=self.model,
            output_tokens_max=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
        )


def usage_of(answer: Answer) -> dict[str, Any]:
    """Return OpenAI's usage: cached tokens are counted within those of the prompt."""
    call = answer.settled
    prompt = call.input_tokens + call.cache_read_tokens + call.cache_write_tokens
    completion = call.output_tokens + call.reasoning_tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": call.cache_read_tokens},
        "completion_tokens_details": {"reasoning_tokens": call.reasoning_tokens},
    }


def colophon_of(answer: Answer) -> dict[str, Any]:
    """Return what OpenAI has no words for: sources, money, reasons."""
    call = answer.settled
    return {
        "call_id": str(call.call_id),
        "model": f"{call.provider}/{call.model}",
        "route_reason": call.route_reason,
        "cost_micros": call.cost_micros,
        "currency": call.currency,
        "cached": call.cached,
        "estimated": call.estimated,
        "masked": dict(call.masked),
        "finish_reason": answer.finish_reason,
        "notice": answer.notice,
        "sources": [source_model(number, passage) for number, passage in enumerate(answer.sources, start=1)],
    }
