"""Anthropic's messages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.calls import FinishReason, Speaker
from gateway.providers import failures
from gateway.providers.loading import loaded
from gateway.providers.openai_chat import CONNECT_SECONDS_MAX, MODEL_CHARACTERS_MAX, READ_SECONDS_MAX
from gateway.providers.port import Capabilities, Piece, ProviderCall, Used
from gateway.refusals import NotInItsPower
from gateway.tokens import Tokens

_FINISH: Final = {"max_tokens": FinishReason.LENGTH, "refusal": FinishReason.BLOCKED}


@dataclass(slots=True, kw_only=True)
class AnthropicMessages:
    """Implements gateway.providers.port.Provider; the client is made at the first call."""

    api_key: str = field(repr=False)
    base_url: str | None = None
    name: str = "anthropic"
    offline: bool = False
    what_it_is: str = "Models of Anthropic."
    _client: Any = None

    def offers(self, model: str) -> bool:
        return 0 < len(model) <= MODEL_CHARACTERS_MAX

    def capabilities(self, model: str) -> Capabilities:
        """Return what the protocol has: since its version 2026-10-21 no temperature, any value is refused there."""
        del model
        return Capabilities(tools=True, temperature=False)

    def confidence(self, call: ProviderCall) -> float | None:
        """Return None: a hosted model does not tell before it answers."""
        del call
        return None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def stream(self, call: ProviderCall) -> AsyncIterator[Piece | Used]:
        """Yield the answer. Raises ProviderFailed, NotInItsPower."""
        await loaded("anthropic")
        import anthropic  # noqa: PLC0415  # heavy; only when the provider is first used

        if call.temperature is not None:
            # The protocol has none since its version 2026-10-21: any value is refused there.
            raise NotInItsPower(f"{self.name}/{call.model}", "take a temperature")

        before: Any = None
        ended = False
        try:
            async with await self._made(anthropic).messages.create(**_arguments(call)) as events:
                async for event in events:
                    if event.type == "message_start":
                        before = event.message.usage
                    elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                        yield Piece(event.delta.text)
                    elif event.type == "message_delta":
                        yield _used(before, event)
                    elif event.type == "message_stop":
                        ended = True
        except anthropic.APIStatusError as error:
            raise failures.of_status(error.status_code, error.response.headers) from None
        except Exception as error:  # noqa: BLE001  # its transport raises what it likes in mid-stream
            raise failures.of_transport(error, timed_out=isinstance(error, anthropic.APITimeoutError)) from None
        if not ended:
            raise failures.cut()

    def _made(self, anthropic: Any) -> Any:
        if self._client is None:
            timeout = anthropic.Timeout(READ_SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
            self._client = anthropic.AsyncAnthropic(
                api_key=self.api_key,
                base_url=self.base_url,
                timeout=timeout,
                max_retries=0,
                http_client=anthropic.DefaultAioHttpClient(timeout=timeout),
            )
        return self._client


def _arguments(call: ProviderCall) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "model": call.model,
        "messages": [
            {"role": str(turn.speaker), "content": turn.text}
            for turn in call.turns
            if turn.speaker is not Speaker.SYSTEM
        ],
        "max_tokens": call.output_tokens_max,
        "stream": True,
    }
    if system := "\n\n".join(turn.text for turn in call.turns if turn.speaker is Speaker.SYSTEM):
        arguments["system"] = system
    return arguments


def _used(before: Any, event: Any) -> Used:
    """Anthropic counts what it read from its cache and wrote into it apart from the rest of the prompt."""
    tokens = Tokens(
        input=getattr(before, "input_tokens", 0) or 0,
        cache_read=getattr(before, "cache_read_input_tokens", 0) or 0,
        cache_write=getattr(before, "cache_creation_input_tokens", 0) or 0,
        output=event.usage.output_tokens,
    )
    return Used(
        tokens=tokens,
        finish_reason=_FINISH.get(event.delta.stop_reason or "", FinishReason.STOP),
    )
