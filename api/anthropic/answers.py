"""What a message is answered with, in Anthropic's words, whole and as events."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import structlog

from api.anthropic.envelope import envelope
from api.authentication import Caller
from api.openai.answers import colophon_of
from gateway.calls import Answer, Delta, FinishReason, ToolCall
from gateway.forms import json_value
from tenancy.context import tenant_scope

STOP_REASON: Final = {
    FinishReason.STOP: "end_turn",
    FinishReason.LENGTH: "max_tokens",
    FinishReason.TOOL_CALLS: "tool_use",
    FinishReason.BUDGET: "max_tokens",
    FinishReason.BLOCKED: "refusal",
    FinishReason.DECLINED: "refusal",
    FinishReason.CANCELLED: "end_turn",
    FinishReason.UNSTRUCTURED: "refusal",
}

log = structlog.get_logger()


def message(answer: Answer, head: dict[str, Any]) -> dict[str, Any]:
    """Return the whole body."""
    text = [{"type": "text", "text": answer.text}] if answer.text else []
    return {
        **head,
        "content": [*text, *(_tool_use(call, input_=_input(call)) for call in answer.tool_calls)],
        **_end(answer),
        "usage": usage_of(answer),
        "colophon": colophon_of(answer),
    }


async def events(
    items: AsyncIterator[Delta | Answer], first: Delta | Answer, head: dict[str, Any], caller: Caller
) -> AsyncIterator[str]:
    """Send the stream; one that breaks ends with an error and without message_stop."""
    with tenant_scope(caller.context):
        async with aclosing(items) as stream:  # type: ignore[type-var]
            # What was read is known at the end; message_delta tells it, and its counts take the place of these.
            usage = {"input_tokens": 0, "output_tokens": 0}
            start = {**head, "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
            yield _event("message_start", message=start)
            yield _event("ping")
            item: Delta | Answer = first
            spoken = False
            try:
                while isinstance(item, Delta):
                    if not spoken:
                        yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
                        spoken = True
                    delta = {"type": "text_delta", "text": item.text}
                    yield _event("content_block_delta", index=0, delta=delta)
                    item = await anext(stream)
            except Exception as error:  # noqa: BLE001  # headers are sent: the stream itself has to say so
                log.warning("ai.stream_failed", error=type(error).__name__)
                yield _failure("internal", "The answer could not be finished.", caller)
                return
    if spoken:
        yield _event("content_block_stop", index=0)
    if item.finish_reason is FinishReason.BROKEN:
        yield _failure("ai.stream_broken", item.notice, caller, colophon=colophon_of(item))
        return
    for index, call in enumerate(item.tool_calls, start=int(spoken)):
        yield _event("content_block_start", index=index, content_block=_tool_use(call, input_={}))
        delta = {"type": "input_json_delta", "partial_json": call.arguments}
        yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    yield _event("message_delta", delta=_end(item), usage=usage_of(item), colophon=colophon_of(item))
    yield _event("message_stop")


def usage_of(answer: Answer) -> dict[str, int]:
    """Return Anthropic's usage: what was read from its cache and written into it stands apart from the rest."""
    call = answer.settled
    return {
        "input_tokens": call.input_tokens,
        "cache_read_input_tokens": call.cache_read_tokens,
        "cache_creation_input_tokens": call.cache_write_tokens,
        "output_tokens": call.output_tokens + call.reasoning_tokens,
    }


def _end(answer: Answer) -> dict[str, Any]:
    reason = STOP_REASON[answer.finish_reason]
    details = {"type": "refusal", "category": None, "explanation": answer.notice} if reason == "refusal" else None
    return {"stop_reason": reason, "stop_sequence": None, "stop_details": details}


def _input(call: ToolCall) -> object:
    """Return an object, as the protocol wants; what a model that ran out of room has written is none."""
    try:
        value = json_value(call.arguments)
    except ValueError:
        value = call.arguments
    return value if isinstance(value, dict) else {"arguments": value}


def _tool_use(call: ToolCall, *, input_: object) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": input_}


def _failure(code: str, detail: str, caller: Caller, **facts: Any) -> str:
    body = envelope(code, 500, detail, facts, caller.context.request_id)
    return _event("error", **{name: value for name, value in body.items() if name != "type"})


def _event(kind: str, **more: Any) -> str:
    body = json.dumps({"type": kind, **more}, separators=(",", ":"), ensure_ascii=False)
    return f"event: {kind}\ndata: {body}\n\n"
