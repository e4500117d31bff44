"""What OpenAI's protocol calls things: a call as its parameters, its usage as our buckets, its ends as our reasons."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.calls import FinishReason, Speaker, Structure, Tool, Turn
from gateway.providers.port import KEPT_CHARACTERS_MIN, ProviderCall, Used
from gateway.tokens import Tokens

_ENDS: Final = {
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.DECLINED,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}
_ID_HEADERS: Final = {
    "openai": "X-Client-Request-Id",
    "azure": "x-ms-client-request-id",
    "compatible": "X-Request-Id",
}
_CHOICES: Final = frozenset({"auto", "none", "required"})


def parameters(call: ProviderCall, *, older: bool, structured: bool, keyed: bool = False) -> dict[str, Any]:
    """
    Return what to send; `older` servers know the former name of the length, and not all can hold to a schema.

    `keyed` ones take a key for what they keep of prompts.
    """
    sent: dict[str, Any] = {
        "model": call.model,
        "messages": [_message(turn) for turn in call.turns],
        "max_tokens" if older else "max_completion_tokens": call.output_tokens_max,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if call.prompt_cache and keyed:
        sent["prompt_cache_key"] = call.prompt_cache
        if sum(len(turn.text) for turn in call.turns) >= KEPT_CHARACTERS_MIN:
            # The key only chooses where to look: without the tenant's word in front, whoever sends the same beginning
            # with the same account would find it, and see that by the price.
            sent["messages"].insert(0, {"role": "system", "content": f"({call.prompt_cache})"})
    if call.temperature is not None:
        sent["temperature"] = call.temperature
    if call.stop:
        sent["stop"] = list(call.stop)
    if call.tools:
        sent["tools"] = [{"type": "function", "function": _function(tool)} for tool in call.tools]
        named = {"type": "function", "function": {"name": call.tool_choice}}
        sent["tool_choice"] = call.tool_choice if call.tool_choice in _CHOICES else named
        if not call.tools_at_once:
            sent["parallel_tool_calls"] = False
    if call.structure is not None and structured:
        sent["response_format"] = _form(call.structure)
    return sent


def headers(call: ProviderCall, kind: str) -> dict[str, str]:
    """Return what a provider is told of the call beside its content: an id that it logs, and its place in a trace."""
    sent = {_ID_HEADERS[kind]: call.call_id} if call.call_id else {}
    return {**sent, "traceparent": call.traceparent} if call.traceparent else sent


def finish_reason(said: str | None, *, tools_asked_for: bool) -> FinishReason:
    """Return why the answer ends; servers say `stop`, too, of an answer that asks for tools."""
    reason = _ENDS.get(said or "", FinishReason.STOP)
    if tools_asked_for and reason is FinishReason.STOP:
        return FinishReason.TOOL_CALLS
    if not tools_asked_for and reason is FinishReason.TOOL_CALLS:
        return FinishReason.STOP
    return reason


def used(usage: Any, finish: FinishReason, *, wrote: bool) -> Used:
    """
    Return what was counted, in disjoint buckets.

    OpenAI counts cached tokens within those of the prompt and reasoning within those of the output; a server may leave
    any of it out, and one that counts nothing although it wrote has not counted.
    """
    prompt, completion = _whole(usage, "prompt_tokens"), _whole(usage, "completion_tokens")
    if prompt + completion == 0 or (wrote and completion == 0):
        return Used(tokens=Tokens(), finish_reason=finish, told=False)
    read = getattr(usage, "prompt_tokens_details", None)
    cached = min(_whole(read, "cached_tokens"), prompt)
    kept = min(_whole(read, "cache_write_tokens"), prompt - cached)
    reasoning = _whole(getattr(usage, "completion_tokens_details", None), "reasoning_tokens")
    if _whole(usage, "total_tokens") == prompt + completion + reasoning:
        completion += reasoning  # the few servers that count it beside the output, as their total shows
    reasoning = min(reasoning, completion)
    tokens = Tokens(
        input=prompt - cached - kept,
        cache_read=cached,
        cache_write=kept,
        output=completion - reasoning,
        reasoning=reasoning,
    )
    return Used(tokens=tokens, finish_reason=finish)


def logprobs_of(choice: Mapping[str, Any]) -> Sequence[float]:
    """Return the logarithms of the probabilities of a chunk's tokens, where they were asked for."""
    told = choice.get("logprobs")
    each = told.get("content") if isinstance(told, Mapping) else None
    tokens = [one for one in each if isinstance(one, Mapping)] if isinstance(each, list) else []
    return [value for one in tokens if isinstance(value := one.get("logprob"), int | float)]


def vectors_of(made: Any, wanted: int) -> Sequence[Sequence[float]] | None:
    """Return one vector for each text, in their order; None when the answer does not hold that."""
    rows = {getattr(row, "index", None): getattr(row, "embedding", None) for row in getattr(made, "data", None) or ()}
    vectors = [vector for index in range(wanted) if (vector := rows.get(index))]
    return vectors if len(vectors) == wanted else None


def _message(turn: Turn) -> dict[str, Any]:
    if turn.speaker is Speaker.TOOL:
        return {"role": "tool", "tool_call_id": turn.tool_call_id or "", "content": turn.text}
    message: dict[str, Any] = {"role": str(turn.speaker), "content": turn.text}
    if turn.tool_calls:
        message["content"] = turn.text or None
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in turn.tool_calls
        ]
    return message


def _function(tool: Tool) -> dict[str, Any]:
    strict = {"strict": True} if tool.strict and _holds_strictly(tool.parameters) else {}
    return {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters), **strict}


def _form(structure: Structure) -> dict[str, Any]:
    schema = dict(structure.schema)
    form = {"name": structure.name, "schema": schema, "strict": _holds_strictly(schema)}
    return {"type": "json_schema", "json_schema": form}


def _holds_strictly(schema: object) -> bool:
    """Tell whether OpenAI takes a schema as strict: every object names all of its members and allows no other."""
    if isinstance(schema, list | tuple):
        return all(_holds_strictly(part) for part in schema)
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object" or "properties" in schema:
        members = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(members):
            return False
    return all(_holds_strictly(part) for part in schema.values())


def _whole(counted: Any, name: str) -> int:
    """Return a count that may not be told, or be told as nonsense."""
    told = getattr(counted, name, None)
    return max(0, int(told)) if isinstance(told, int | float) else 0
