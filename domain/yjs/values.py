"""Steps over the values inside an update, lib0 Any and JSON, their nesting bounded without recursion."""

import json
import re
from typing import Any, Final, NoReturn

from domain.yjs.reader import Reader

_EMPTY: Final = frozenset({127, 126, 121, 120})  # undefined, null, false, true
_FIXED: Final = {124: 4, 123: 8, 122: 8}  # float32, float64, bigint
_INTEGER, _STRING, _OBJECT, _ARRAY, _BYTES = 125, 119, 118, 117, 116
_USUAL_JSON: Final = frozenset({"null", "true", "false", "{}", '""'})
_JSON_STRUCTURE: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def skip_any(reader: Reader, depth_levels_max: int, values_max: int) -> int:
    """Step over one lib0 Any value; answer how many values it held."""
    open_containers: list[list[int | bool]] = []  # values still to come, and whether each has a key
    values = 0
    while True:
        values += 1
        if values > values_max:
            raise reader.refuse("too many values")
        kind = reader.byte()
        if kind in (_OBJECT, _ARRAY):
            count = reader.uint(reader.remaining)
            if len(open_containers) >= depth_levels_max:
                raise reader.refuse("value nested too deep")
            open_containers.append([count, kind == _OBJECT])
        else:
            _skip_scalar(reader, kind)
        while open_containers and not open_containers[-1][0]:
            open_containers.pop()
        if not open_containers:
            return values
        open_containers[-1][0] -= 1
        if open_containers[-1][1]:
            reader.string()


def _skip_scalar(reader: Reader, kind: int) -> None:
    if kind in _EMPTY:
        return
    if kind in _FIXED:
        reader.skip(_FIXED[kind])
    elif kind == _INTEGER:
        reader.skip_signed()
    elif kind == _STRING:
        reader.string()
    elif kind == _BYTES:
        reader.byte_array()
    else:
        raise reader.refuse("unknown value type")


def skip_json(reader: Reader, depth_levels_max: int) -> None:
    """Step over one varString that must be a JSON text."""
    text = reader.string()
    if text not in _USUAL_JSON and not is_json(text, depth_levels_max):
        raise reader.refuse("not JSON or nested too deep")


def is_json(text: str, depth_levels_max: int) -> bool:
    """Whether this is one JSON text, strictly, and nested no deeper than allowed."""
    try:
        read_json(text, depth_levels_max)
    except ValueError:
        return False
    return True


def read_json(text: str, depth_levels_max: int) -> Any:
    """Return what one JSON text says; raise ValueError when it is none, strictly, or nested deeper than allowed."""
    depth = 0
    for token in _JSON_STRUCTURE.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        if depth > depth_levels_max:
            raise ValueError("JSON nested too deep")
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
