"""A model of OpenAI's that asks for tools."""

from typing import Any

from tests.support.wire import DONE, asks, chunk, counted, fragment


def asking(*calls: tuple[str, str, str], text: str = "") -> list[dict[str, Any] | str]:
    """What a model of OpenAI's sends that asks for tools: id, name and arguments of each, in fragments."""
    said: list[dict[str, Any] | str] = [chunk(text)] if text else []
    for index, (call_id, name, arguments) in enumerate(calls):
        middle = len(arguments) // 2
        said.append(asks(fragment("", index=index, id=call_id, name=name)))
        said += [asks(fragment(part, index=index)) for part in (arguments[:middle], arguments[middle:])]
    return [*said, chunk(finish="tool_calls"), counted(10, 2), DONE]
