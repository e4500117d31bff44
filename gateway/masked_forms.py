"""Tools, schemas and the arguments of calls as they may leave: every string is looked at, and JSON stays JSON."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gateway.calls import AiRequest

_KEPT: Final = frozenset({"pattern", "patternProperties", "type", "format", "$schema"})
"""A schema's own words, which a placeholder would break."""

Hide = Callable[[str], str]


def hidden_json(text: str, hide: Hide) -> str:
    """Return JSON without its personal data, where a number may become a string; what is no JSON is a text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return hide(text)
    hidden = _hidden(value, _together(value, hide), kept=frozenset())
    return text if hidden == value else json.dumps(hidden, ensure_ascii=False)


def forms_masked(request: AiRequest, hide: Hide) -> AiRequest:
    """Return the request with what goes along with its turns as it may leave: tools, the answer's form, its ends."""
    tools = tuple(
        replace(tool, description=hide(tool.description), parameters=_schema(tool.parameters, hide))
        for tool in request.tools
    )
    form = request.structure
    structure = None if form is None else replace(form, schema=_schema(form.schema, hide))
    return replace(request, tools=tools, structure=structure, stop=tuple(map(hide, request.stop)))


def _schema(schema: Mapping[str, object], hide: Hide) -> Mapping[str, object]:
    hidden: Mapping[str, object] = _hidden(schema, _together(schema, hide), kept=_KEPT)
    return hidden


def _hidden(value: Any, shown: Mapping[str, str], *, kept: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            shown.get(key, key): part if key in kept else _hidden(part, shown, kept=kept) for key, part in value.items()
        }
    if isinstance(value, list):
        return [_hidden(part, shown, kept=kept) for part in value]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    hidden = shown.get(str(value), str(value))
    return value if hidden == str(value) else hidden


def _together(value: object, hide: Hide) -> Mapping[str, str]:
    """
    Return what each string becomes.

    They are looked at in one text, because looking is slow to begin. A find that reaches over a line end would mix two
    of them up; then each is looked at by itself.
    """
    strings: Sequence[str] = list(dict.fromkeys(_strings(value)))
    single = [string for string in strings if "\n" not in string]
    hidden = hide("\n\n".join(single)).split("\n\n")
    if len(hidden) != len(single):
        hidden = [hide(string) for string in single]
    return {
        **dict(zip(single, hidden, strict=True)),
        **{string: hide(string) for string in strings if "\n" in string},
    }


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield str(key)
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
