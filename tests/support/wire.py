"""What providers send, event by event, as their own words say it: chunks of OpenAI's, events of Anthropic's."""

from typing import Any

DONE = "data: [DONE]"
PING = 'event: ping\ndata: {"type": "ping"}'


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of OpenAI's; `more` stands in the delta, and `usage` beside the choices."""
    delta = {} if text is None else {"content": text}
    beside = {"usage": more.pop("usage")} if "usage" in more else {}
    return {"choices": [{"index": 0, "delta": {**delta, **more}, "finish_reason": finish}], **beside}


def fragment(arguments: Any = None, **known: Any) -> dict[str, Any]:
    """A fragment of a tool call: what is not given is not sent, as `index`, `id` and `name`."""
    function = {name: known.pop(name) for name in ("name",) if name in known}
    if arguments is not None:
        function["arguments"] = arguments
    return {**known, "type": "function", "function": function}


def asks(*fragments: dict[str, Any]) -> dict[str, Any]:
    return chunk(tool_calls=list(fragments))


def counted(prompt: Any, completion: Any, **more: Any) -> dict[str, Any]:
    """OpenAI's last chunk: usage, and no choice."""
    return {"choices": [], "usage": usage(prompt, completion, **more)}


def usage(prompt: Any, completion: Any, **more: Any) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, **more}


def message_start(usage: dict[str, Any] | None) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "m",
        "stop_reason": None,
    }
    return {"type": "message_start", "message": {**message, "usage": usage}}


def text_block(*pieces: str, index: int = 0) -> list[dict[str, Any]]:
    return _block(index, {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces])


def thinking_block(*pieces: str, index: int = 0) -> list[dict[str, Any]]:
    deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    return _block(index, {"type": "thinking", "thinking": "", "signature": ""}, deltas)


def tool_block(call_id: str, name: str, *pieces: str, index: int, given: Any = None) -> list[dict[str, Any]]:
    start = {"type": "tool_use", "id": call_id, "name": name, "input": given or {}}
    return _block(index, start, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces])


def message_end(stop_reason: str | None, usage: dict[str, Any] | None) -> list[dict[str, Any]]:
    delta = {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None}, "usage": usage}
    return [delta, {"type": "message_stop"}]


def _block(index: int, start: dict[str, Any], deltas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]
