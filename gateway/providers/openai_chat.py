"""OpenAI's chat completions: at OpenAI, at Azure, and at every server that speaks the same protocol."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.calls import FinishReason
from gateway.providers import failures
from gateway.providers.embedding import Embedded
from gateway.providers.loading import loaded
from gateway.providers.port import Capabilities, Piece, ProviderCall, Used
from gateway.tokens import Tokens

MODEL_CHARACTERS_MAX = 200
CONNECT_SECONDS_MAX = 5.0
READ_SECONDS_MAX = 120.0
"""Between two bytes; the gateway's own deadlines are shorter."""

_WHAT_IT_IS: Final = {
    "openai": "Models of OpenAI.",
    "azure": "Models of OpenAI at Azure.",
    "compatible": "Models behind a server that speaks OpenAI's protocol.",
}
_FINISH: Final = {"length": FinishReason.LENGTH, "content_filter": FinishReason.BLOCKED}


@dataclass(slots=True, kw_only=True)
class OpenAiChat:
    """Implements gateway.providers.port.Provider; the client is made at the first call."""

    name: str
    api_key: str = field(repr=False)
    base_url: str | None = None
    azure_api_version: str | None = None
    offline: bool = False
    _client: Any = None

    @property
    def what_it_is(self) -> str:
        return _WHAT_IT_IS[self.name]

    def offers(self, model: str) -> bool:
        return 0 < len(model) <= MODEL_CHARACTERS_MAX

    def capabilities(self, model: str) -> Capabilities:
        """Return what the protocol has; whether a server that only speaks it keeps to a schema, nobody knows."""
        del model
        return Capabilities(tools=True, structure=self.name != "compatible")

    def confidence(self, call: ProviderCall) -> float | None:
        """Return None: a hosted model does not tell before it answers."""
        del call
        return None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def stream(self, call: ProviderCall) -> AsyncIterator[Piece | Used]:
        """Yield the answer. Raises ProviderFailed."""
        await loaded("openai")
        import openai  # noqa: PLC0415  # heavy; only when the provider is first used

        finish = FinishReason.STOP
        ended = False
        try:
            async with await self._made(openai).chat.completions.create(**self._arguments(call)) as chunks:
                async for chunk in chunks:
                    for choice in chunk.choices:
                        if choice.delta.content:
                            yield Piece(choice.delta.content)
                        if choice.finish_reason:
                            finish, ended = _FINISH.get(choice.finish_reason, FinishReason.STOP), True
                    if chunk.usage:
                        yield _used(chunk.usage, finish)
        except openai.APIStatusError as error:
            raise failures.of_status(error.status_code, error.response.headers) from None
        except Exception as error:  # noqa: BLE001  # its transport raises what it likes in mid-stream
            raise failures.of_transport(error, timed_out=isinstance(error, openai.APITimeoutError)) from None
        if not ended:
            raise failures.cut()

    async def embed(self, model: str, texts: Sequence[str], *, dimensions: int | None) -> Embedded:
        """Return a vector for each text; see gateway.providers.embedding. Raises ProviderFailed."""
        await loaded("openai")
        import openai  # noqa: PLC0415  # heavy; only when the provider is first used

        length = {} if dimensions is None else {"dimensions": dimensions}
        try:
            made = await self._made(openai).embeddings.create(
                model=model, input=list(texts), encoding_format="float", **length
            )
        except openai.APIStatusError as error:
            raise failures.of_status(error.status_code, error.response.headers) from None
        except Exception as error:  # noqa: BLE001  # its transport raises what it likes
            raise failures.of_transport(error, timed_out=isinstance(error, openai.APITimeoutError)) from None
        rows = sorted(made.data, key=lambda row: row.index)
        return Embedded([row.embedding for row in rows], made.usage.prompt_tokens)

    def _arguments(self, call: ProviderCall) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": call.model,
            "messages": [{"role": str(turn.speaker), "content": turn.text} for turn in call.turns],
            # Servers that only speak the protocol know its older name.
            "max_tokens" if self.name == "compatible" else "max_completion_tokens": call.output_tokens_max,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if call.temperature is not None:
            arguments["temperature"] = call.temperature
        return arguments

    def _made(self, openai: Any) -> Any:
        if self._client is None:
            timeout = openai.Timeout(READ_SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
            # The gateway tries again itself, elsewhere and within its deadline.
            common: dict[str, Any] = {"api_key": self.api_key, "timeout": timeout, "max_retries": 0}
            http = openai.DefaultAioHttpClient(timeout=timeout)
            if self.azure_api_version is not None:
                self._client = openai.AsyncAzureOpenAI(
                    azure_endpoint=self.base_url, api_version=self.azure_api_version, http_client=http, **common
                )
            else:
                self._client = openai.AsyncOpenAI(base_url=self.base_url, http_client=http, **common)
        return self._client


def _used(usage: Any, finish: FinishReason) -> Used:
    """OpenAI counts cached tokens within those of the prompt and reasoning within those of the output."""
    cached = _part(usage, "prompt_tokens_details", "cached_tokens", of=usage.prompt_tokens)
    reasoned = _part(usage, "completion_tokens_details", "reasoning_tokens", of=usage.completion_tokens)
    tokens = Tokens(
        input=usage.prompt_tokens - cached,
        cache_read=cached,
        output=usage.completion_tokens - reasoned,
        reasoning=reasoned,
    )
    return Used(tokens=tokens, finish_reason=finish)


def _part(usage: Any, details: str, name: str, *, of: int) -> int:
    """Return a part that may not be told, and that some servers tell to be more than the whole."""
    told = getattr(getattr(usage, details, None), name, None) or 0
    return min(max(0, int(told)), of)
