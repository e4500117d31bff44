"""Anthropic's messages."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from gateway.calls import ToolCall
from gateway.providers import failures
from gateway.providers.anthropic_wire import finish_reason, parameters, used
from gateway.providers.capabilities import Declared, capabilities_of
from gateway.providers.loading import loaded
from gateway.providers.openai_chat import CONNECT_SECONDS_MAX, MODEL_CHARACTERS_MAX, READ_SECONDS_MAX
from gateway.providers.port import Capabilities, Piece, ProviderCall, ProviderFailed, Used
from gateway.providers.tool_fragments import is_json
from gateway.refusals import NotInItsPower

_REFUSING_FROM = 400


@dataclass(slots=True, kw_only=True)
class AnthropicMessages:
    """Implements gateway.providers.port.Provider; the client is made at the first call."""

    name: str = "anthropic"
    kind: str = "anthropic"
    api_key: str = field(repr=False)
    base_url: str | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    offline: bool = False
    what_it_is: str = "Models of Anthropic."
    _client: Any = None

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.declared)

    def offers(self, model: str) -> bool:
        return 0 < len(model) <= MODEL_CHARACTERS_MAX

    def capabilities(self, model: str) -> Capabilities:
        return capabilities_of(self.kind, model, self.declared.get(model))

    def confidence(self, call: ProviderCall) -> float | None:
        """Return None: a hosted model does not tell before it answers."""
        del call
        return None

    async def reach(self) -> None:
        """Ask for the list of models. Raises ProviderFailed."""
        await loaded("anthropic")
        import anthropic  # noqa: PLC0415  # heavy; only when the provider is first used

        with failures.told_of(anthropic):
            await self._made(anthropic).models.list()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def stream(self, call: ProviderCall) -> AsyncIterator[Piece | ToolCall | Used]:
        """Yield the answer. Raises ProviderFailed, NotInItsPower."""
        await loaded("anthropic")
        import anthropic  # noqa: PLC0415  # heavy; only when the provider is first used

        able = self.capabilities(call.model)
        if call.temperature is not None and not able.temperature:
            raise NotInItsPower(f"{self.name}/{call.model}", "take a temperature")
        if any(not stop.strip() for stop in call.stop):
            raise NotInItsPower(f"{self.name}/{call.model}", "stop at white space")
        schema = None
        if call.structure is not None and able.structure:
            schema = _held_to(anthropic, call.structure.schema)
        try:
            # Its protocol takes no id of the client's.
            traced = {"traceparent": call.traceparent} if call.traceparent else {}
            begun = await self._made(anthropic).messages.create(**parameters(call, schema=schema), extra_headers=traced)
            async with begun as events, aclosing(_read(events)) as items:
                async for item in items:
                    yield item
        except ProviderFailed:
            raise
        except anthropic.APIStatusError as error:
            # Below 400 the stream had begun, and then told of an error.
            if error.status_code < _REFUSING_FROM:
                raise failures.in_stream(error.body) from None
            raise failures.of_status(error.status_code, error.response.headers) from None
        except Exception as error:  # noqa: BLE001  # its transport raises what it likes in mid-stream
            raise failures.of_transport(error, timed_out=isinstance(error, anthropic.APITimeoutError)) from None

    def _made(self, anthropic: Any) -> Any:
        if self._client is None:
            timeout = anthropic.Timeout(READ_SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
            # The gateway tries again itself, elsewhere and within its deadline.
            self._client = anthropic.AsyncAnthropic(
                api_key=self.api_key,
                base_url=self.base_url,
                timeout=timeout,
                max_retries=0,
                http_client=anthropic.DefaultAioHttpClient(timeout=timeout),
            )
        return self._client


async def _read(events: Any) -> AsyncGenerator[Piece | ToolCall | Used]:
    """Yield what the events say, tool calls whole and what was used last; raise ProviderFailed when it is cut."""
    before: Any = None
    after: Any = None
    said, wrote = None, False
    asked: dict[int, tuple[str, str, str]] = {}
    async for event in events:
        match event.type:
            case "message_start":
                before = getattr(event.message, "usage", None)
            case "content_block_start" if event.content_block.type == "tool_use":
                block = event.content_block
                whole = json.dumps(block.input, ensure_ascii=False) if block.input else ""
                asked[event.index] = (block.id, block.name, whole)
                wrote = True
                yield Piece("")
            case "content_block_delta" if event.delta.type == "text_delta":
                wrote = wrote or bool(event.delta.text)
                yield Piece(event.delta.text)
            case "content_block_delta" if event.delta.type == "input_json_delta" and event.index in asked:
                call_id, name, arguments = asked[event.index]
                asked[event.index] = (call_id, name, arguments + event.delta.partial_json)
                yield Piece("")
            case "content_block_delta":
                yield Piece("")  # it thinks: a sign of life
            case "message_delta":
                after = getattr(event, "usage", None) or after
                said = event.delta.stop_reason or said
            case _:
                pass
    if said is None:
        raise failures.cut()
    unfinished = said in {"max_tokens", "model_context_window_exceeded"}
    calls = [
        ToolCall(id=call_id, name=name, arguments=arguments or "{}")
        for call_id, name, arguments in asked.values()
        if not unfinished or is_json(arguments)
    ]
    for call in calls:
        yield call
    yield used(before, after, finish_reason(said, tools_asked_for=bool(calls)), wrote=wrote)


def _held_to(anthropic: Any, schema: Mapping[str, object]) -> Mapping[str, Any]:
    """Return the schema without what the protocol has no words for; the whole answer is checked here all the same."""
    try:
        held: Mapping[str, Any] = anthropic.transform_schema(dict(schema))
    except Exception:  # noqa: BLE001  # it takes fewer forms than the protocol does: let that one judge
        return schema
    return held
