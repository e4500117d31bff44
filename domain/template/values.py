"""What a caller gives for a template's variables: data of the declared types, or a refusal."""

import json
from collections.abc import Mapping
from math import isfinite

from domain.free_text import is_clean
from domain.sealed import ERASED
from domain.template.content import TemplateContent, Variable, VariableType, VariableValue
from domain.template.decisions import TemplateRefused
from domain.template.limits import LIST_ITEMS_MAX

_ABSENT: dict[VariableType, VariableValue] = {
    VariableType.TEXT: "",
    VariableType.NUMBER: "",
    VariableType.FLAG: False,
    VariableType.LIST: (),
}
"""What an optional variable is when nobody gave it: nothing to show, and false in a condition."""


def accepted_values(content: TemplateContent, given: Mapping[str, object]) -> dict[str, VariableValue]:
    """Return every declared variable with its value. Raises TemplateRefused."""
    declared = {variable.name: variable for variable in content.variables}
    if unknown := sorted(given.keys() - declared.keys()):
        raise TemplateRefused(f"variables.{unknown[0][:40]}", "The template has no such variable.")
    return {name: _accepted(variable, given.get(name)) for name, variable in declared.items()}


def packed_values(given: Mapping[str, object]) -> str:
    """Return values as text that an event holds; empty when there are none."""
    return json.dumps(given, sort_keys=True) if given else ""


def unpacked_values(packed: str) -> dict[str, object]:
    """Return the values of an event; none are left of a person who was erased."""
    if packed in {"", ERASED}:
        return {}
    values = json.loads(packed)
    assert isinstance(values, dict)
    return values


def _accepted(variable: Variable, value: object) -> VariableValue:
    if value is None or value == "":
        if variable.required:
            raise _refused(variable, "has to be given")
        return _ABSENT[variable.type]
    match variable.type, value:
        case VariableType.TEXT, str():
            return _text(variable, value)
        case VariableType.NUMBER, (int() | float()) if not isinstance(value, bool) and isfinite(value):
            return value
        case VariableType.FLAG, bool():
            return value
        case VariableType.LIST, (list() | tuple()) if len(value) <= LIST_ITEMS_MAX:
            return tuple(_text(variable, item) for item in value)
        case _:
            raise _refused(variable, f"is a {variable.type}")


def _text(variable: Variable, value: object) -> str:
    if not isinstance(value, str) or len(value) > variable.characters_max or not is_clean(value):
        raise _refused(variable, f"has at most {variable.characters_max} characters, all of them to be seen")
    return value


def _refused(variable: Variable, reason: str) -> TemplateRefused:
    return TemplateRefused(f"variables.{variable.name}", f"{variable.name} {reason}.")
