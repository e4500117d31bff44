"""What the chunks of an answer say, put together: its text as it came, its tool calls whole, what was used last."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gateway.calls import FinishReason, ToolCall
from gateway.providers import failures
from gateway.providers.openai_stream import Said
from gateway.providers.openai_wire import finish_reason, logprobs_of, used
from gateway.providers.port import Piece, Used
from gateway.providers.tool_fragments import ToolFragments
from gateway.tokens import Tokens

_DETAILS: Final = ("prompt_tokens_details", "completion_tokens_details")


@dataclass(slots=True)
class _Heard:
    """What an answer has said so far; `texts` and `asks` are of what came together."""

    tools: ToolFragments = field(default_factory=ToolFragments)
    usage: Said | None = None
    ends: str | None = None
    wrote: bool = False
    declined: bool = False
    probabilities: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    asks: bool = False

    def take(self, chunks: Sequence[Mapping[str, Any]]) -> None:
        self.texts, self.asks = [], False
        # Azure begins with a chunk about the prompt that has no choice, and ends, as OpenAI does, with one of usage.
        for chunk in chunks:
            for choice in _listed(chunk.get("choices")):
                self.ends = choice.get("finish_reason") or self.ends
                self.probabilities += logprobs_of(choice)
                delta = choice.get("delta")
                self._delta(delta if isinstance(delta, Mapping) else {})
            # Some tell it in every chunk, up to there.
            if isinstance(told := chunk.get("usage"), Mapping):
                self.usage = Said(told, *_DETAILS)
        self.wrote = self.wrote or self.asks or bool(self.texts)

    def _delta(self, delta: Mapping[str, Any]) -> None:
        if text := delta.get("content"):
            self.texts.append(str(text))
        if refusal := delta.get("refusal"):
            self.declined = True
            self.texts.append(str(refusal))
        if fragments := _listed(delta.get("tool_calls")):
            self.asks = True
            self.tools.take([Said(fragment, "function") for fragment in fragments])

    def used(self, *, tools_asked_for: bool) -> Used:
        finish = FinishReason.DECLINED if self.declined else finish_reason(self.ends, tools_asked_for=tools_asked_for)
        last = Used(tokens=Tokens(), finish_reason=finish, told=False)
        if self.usage is not None:
            last = used(self.usage, finish, wrote=self.wrote)
        told = self.probabilities
        return replace(last, mean_logprob=sum(told) / len(told)) if told else last


async def read(chunks: AsyncIterator[Sequence[Mapping[str, Any]]]) -> AsyncGenerator[Piece | ToolCall | Used]:
    """Yield what the chunks say; raise ProviderFailed when they end without an end."""
    heard = _Heard()
    async for together in chunks:
        heard.take(together)
        if heard.texts:
            yield Piece("".join(heard.texts), len(heard.texts))
        if heard.asks:
            yield Piece("")
    if heard.ends is None:
        raise failures.cut()
    calls = heard.tools.whole(cut=heard.ends in {"length", "content_filter"})
    for call in calls:
        yield call
    yield heard.used(tools_asked_for=bool(calls))


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
