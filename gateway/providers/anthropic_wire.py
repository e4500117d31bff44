"""What Anthropic's protocol calls things: turns as blocks, its usage as our buckets, its ends as our reasons."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from gateway.calls import FinishReason, Speaker, ToolCall, Turn
from gateway.providers.port import KEPT_CHARACTERS_MIN, ProviderCall, Used
from gateway.tokens import Tokens

_ENDS: Final = {
    # The turn of a model that pauses is as unfinished as one that ran out of room.
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "pause_turn": FinishReason.LENGTH,
    "refusal": FinishReason.DECLINED,
    "tool_use": FinishReason.TOOL_CALLS,
}
_CHOICES: Final = {"auto": {"type": "auto"}, "none": {"type": "none"}, "required": {"type": "any"}}
_NOT_IN_AN_ID: Final = re.compile(r"[^A-Za-z0-9_-]")
_NOTHING_TO_TAKE: Final[Mapping[str, object]] = {"type": "object", "properties": {}}


def parameters(call: ProviderCall, *, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what to send; `schema` is what the answer is held to, in the form that the protocol takes."""
    sent: dict[str, Any] = {
        "model": call.model,
        "messages": _messages([turn for turn in call.turns if turn.speaker is not Speaker.SYSTEM]),
        "max_tokens": call.output_tokens_max,
        "stream": True,
    }
    if system := _system(call):
        sent["system"] = system
    if call.stop:
        sent["stop_sequences"] = list(call.stop)
    if schema is not None:
        sent["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    if call.tools:
        sent["tools"] = [_tool(tool.name, tool.description, tool.parameters or _NOTHING_TO_TAKE) for tool in call.tools]
        choice = _CHOICES.get(call.tool_choice, {"type": "tool", "name": call.tool_choice})
        alone = {} if call.tools_at_once or call.tool_choice == "none" else {"disable_parallel_tool_use": True}
        sent["tool_choice"] = {**choice, **alone}
    elif names := sorted({asked.name for turn in call.turns for asked in turn.tool_calls}):
        # A conversation that used tools is refused unless it says which; none of them may be asked for again.
        sent["tools"] = [_tool(name, "", _NOTHING_TO_TAKE) for name in names]
        sent["tool_choice"] = _CHOICES["none"]
    return sent


def finish_reason(said: str | None, *, tools_asked_for: bool) -> FinishReason:
    """Return why the answer ends."""
    reason = _ENDS.get(said or "", FinishReason.STOP)
    return FinishReason.TOOL_CALLS if tools_asked_for and reason is FinishReason.STOP else reason


def used(before: Any, after: Any, finish: FinishReason, *, wrote: bool) -> Used:
    """
    Return what was counted: at the start of the message, and up to its end.

    Anthropic counts what it read from its cache and wrote into it apart from the rest of the prompt, and thinking
    within the output. Later counts are of the whole message so far and replace the earlier ones.
    """

    def count(name: str) -> int:
        told = [getattr(usage, name, None) for usage in (after, before)]
        return next((max(0, int(one)) for one in told if isinstance(one, int | float)), 0)

    output = count("output_tokens")
    if after is None or (wrote and output == 0):
        return Used(tokens=Tokens(), finish_reason=finish, told=False)
    thought = getattr(getattr(after, "output_tokens_details", None), "thinking_tokens", None) or 0
    thought = min(max(0, int(thought)), output)
    tokens = Tokens(
        input=count("input_tokens"),
        cache_read=count("cache_read_input_tokens"),
        cache_write=count("cache_creation_input_tokens"),
        output=output - thought,
        reasoning=thought,
    )
    return Used(tokens=tokens, finish_reason=finish)


def _system(call: ProviderCall) -> str | list[dict[str, Any]]:
    """
    Return what the model is told to be; where enough of it stays the same, with the mark up to which it is kept.

    The mark covers the tools, which stand before it. What is kept is found again by whoever sends the same with the
    same account: the word of the tenant before it keeps others from finding out what this one sends.
    """
    texts = [turn.text for turn in call.turns if turn.speaker is Speaker.SYSTEM]
    stable = "\n\n".join(turn.text for turn in call.turns[: call.stable_turns])
    if not call.prompt_cache or len(stable) < KEPT_CHARACTERS_MIN:
        return "\n\n".join(texts)
    kept = [f"({call.prompt_cache})", stable, "\n\n".join(texts[call.stable_turns :])]
    blocks: list[dict[str, Any]] = [{"type": "text", "text": text} for text in kept if text]
    blocks[1]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _messages(turns: list[Turn]) -> list[dict[str, Any]]:
    """Return the turns with those of one role together: what tools answered has to come in one message."""
    messages: list[dict[str, Any]] = []
    for turn in turns:
        role = "assistant" if turn.speaker is Speaker.ASSISTANT else "user"
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] = [*_as_blocks(messages[-1]["content"]), *_blocks(turn)]
        else:
            plain = turn.speaker is not Speaker.TOOL and not turn.tool_calls
            messages.append({"role": role, "content": turn.text if plain else _blocks(turn)})
    return messages


def _blocks(turn: Turn) -> list[dict[str, Any]]:
    if turn.speaker is Speaker.TOOL:
        return [{"type": "tool_result", "tool_use_id": _id(turn.tool_call_id or ""), "content": turn.text}]
    return [*_as_blocks(turn.text), *(_asked(call) for call in turn.tool_calls)]


def _as_blocks(content: Any) -> list[dict[str, Any]]:
    """Return a text as blocks; an empty one is none, because the protocol refuses it."""
    if isinstance(content, list):
        return content
    return [{"type": "text", "text": content}] if content else []


def _asked(call: ToolCall) -> dict[str, Any]:
    try:
        given = json.loads(call.arguments or "{}")
    except ValueError:
        given = call.arguments
    # The protocol takes objects only; what a model wrote otherwise is shown to it as it was.
    return {
        "type": "tool_use",
        "id": _id(call.id),
        "name": call.name,
        "input": given if isinstance(given, dict) else {"arguments": given},
    }


def _id(given: str) -> str:
    """Return an id that may come from another provider's call, in the letters that the protocol takes."""
    return _NOT_IN_AN_ID.sub("_", given)


def _tool(name: str, description: str, parameters: Mapping[str, object]) -> dict[str, Any]:
    described = {"description": description} if description else {}
    return {"name": name, **described, "input_schema": dict(parameters)}
