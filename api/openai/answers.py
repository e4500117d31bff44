"""What a chat completion is answered with, in OpenAI's words, whole and in pieces."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import structlog

from api.authentication import Caller
from api.openai.sources import source_model
from gateway.calls import Answer, Delta, FinishReason, ToolCall
from tenancy.context import tenant_scope

FINISH: Final = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.TOOL_CALLS: "tool_calls",
    FinishReason.BUDGET: "length",
    FinishReason.BLOCKED: "content_filter",
    FinishReason.DECLINED: "content_filter",
    FinishReason.CANCELLED: "stop",
    # With a refusal in place of the content, as OpenAI's own models say that they do not keep to a schema.
    FinishReason.UNSTRUCTURED: "stop",
}

log = structlog.get_logger()


async def whole(items: AsyncIterator[Delta | Answer]) -> Answer:
    """Return the answer of a call that is not streamed."""
    async with aclosing(items) as stream:  # type: ignore[type-var]
        async for item in stream:
            if isinstance(item, Answer):
                return item
    raise AssertionError("a call ends with its answer")


def completion(answer: Answer, head: dict[str, Any]) -> dict[str, Any]:
    """Return the whole body."""
    refused = answer.finish_reason is FinishReason.UNSTRUCTURED
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refused or (answer.tool_calls and not answer.text) else answer.text,
        "refusal": answer.notice if refused else None,
    }
    if answer.tool_calls:
        message["tool_calls"] = [_tool_call(call) for call in answer.tool_calls]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": FINISH[answer.finish_reason]}
    return {
        **head,
        "object": "chat.completion",
        "choices": [choice],
        "usage": usage_of(answer),
        "colophon": colophon_of(answer),
    }


async def chunks(
    items: AsyncIterator[Delta | Answer],
    first: Delta | Answer,
    head: dict[str, Any],
    caller: Caller,
    *,
    include_usage: bool,
) -> AsyncIterator[str]:
    """Send the stream; one that breaks ends with an error and without [DONE]."""
    head = {**head, "object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice], **more})

    with tenant_scope(caller.context):
        async with aclosing(items) as stream:  # type: ignore[type-var]
            yield chunk({"role": "assistant", "content": ""})
            item: Delta | Answer = first
            try:
                while isinstance(item, Delta):
                    yield chunk({"content": item.text})
                    item = await anext(stream)
            except Exception as error:  # noqa: BLE001  # headers are sent: the stream itself has to say so
                log.warning("ai.stream_failed", error=type(error).__name__)
                yield _failure("internal", "The answer could not be finished.")
                return
    if item.finish_reason is FinishReason.BROKEN:
        yield _event({**head, "choices": [], "colophon": colophon_of(item)})
        yield _failure("ai.stream_broken", item.notice)
        return
    for index, call in enumerate(item.tool_calls):
        yield chunk({"tool_calls": [{"index": index, **_tool_call(call)}]})
    if item.finish_reason is FinishReason.UNSTRUCTURED:
        yield chunk({"refusal": item.notice})
    yield chunk({}, FINISH[item.finish_reason], colophon=colophon_of(item))
    if include_usage:
        yield _event({**head, "choices": [], "usage": usage_of(item)})
    yield "data: [DONE]\n\n"


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _failure(code: str, message: str) -> str:
    return _event({"error": {"message": message, "type": "server_error", "param": None, "code": code}})


def _event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, separators=(',', ':'), ensure_ascii=False)}\n\n"


def usage_of(answer: Answer) -> dict[str, Any]:
    """Return OpenAI's usage: cached tokens are counted within those of the prompt."""
    call = answer.settled
    prompt = call.input_tokens + call.cache_read_tokens + call.cache_write_tokens
    written = call.output_tokens + call.reasoning_tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "total_tokens": prompt + written,
        "prompt_tokens_details": {"cached_tokens": call.cache_read_tokens},
        "completion_tokens_details": {"reasoning_tokens": call.reasoning_tokens},
    }


def colophon_of(answer: Answer) -> dict[str, Any]:
    """Return what these protocols have no words for: sources, money, reasons."""
    call = answer.settled
    return {
        "call_id": str(call.call_id),
        "model": f"{call.provider}/{call.model}",
        "route_reason": call.route_reason,
        "cost_micros": call.cost_micros,
        "other_legs_micros": call.other_legs_micros,
        "currency": call.currency,
        "cached": call.cached,
        "age_seconds": None if answer.kept_seconds is None else int(answer.kept_seconds),
        "estimated": call.estimated,
        "degraded": call.degraded,
        "masked": dict(call.masked),
        "tags": dict(call.tags),
        "finish_reason": answer.finish_reason,
        "notice": answer.notice,
        "sources": [source_model(number, passage) for number, passage in enumerate(answer.sources, start=1)],
    }
