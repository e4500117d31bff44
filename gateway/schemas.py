"""JSON Schemas of callers: bounded before they are used, and answers checked against them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.effort import EFFORT_STEPS_MAX, effort
from gateway.refusals import SchemaRefused

SCHEMA_BYTES_MAX = 64 * 1024
SCHEMA_DEPTH_MAX = 40
SCHEMA_REFERENCES_MAX = 200
SCHEMA_PATTERNS_MAX = 50
PATTERN_BYTES_MAX = 256 * 1024
"""What one pattern may weigh when it is compiled."""
VALUE_DEPTH_MAX = 64
PROBLEMS_MAX = 10

_DIALECTS: Final = frozenset(
    f"{scheme}://json-schema.org/{draft}{end}"
    for scheme in ("http", "https")
    for draft in ("draft-07/schema", "draft/2019-09/schema", "draft/2020-12/schema")
    for end in ("", "#")
)
_MOVING: Final = frozenset({"$id", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})
"""They make a reference mean another place than the one it names."""
_NAMED: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
"""Under these stand schemas by names that callers choose."""


@dataclass(slots=True)
class _Counted:
    parts: int = 0
    references: int = 0
    patterns: int = 0


def bounded(schema: Mapping[str, object], what: str) -> _Counted:
    """Count. Raises SchemaRefused, with `what` it is the schema of, when using it could cost too much."""
    try:
        written = len(json.dumps(schema).encode())
    except RecursionError:
        raise SchemaRefused(what, f"It is nested deeper than {SCHEMA_DEPTH_MAX}.") from None
    if written > SCHEMA_BYTES_MAX:
        raise SchemaRefused(what, f"It has more than {SCHEMA_BYTES_MAX} bytes.")
    counted = _Counted()
    _walk(schema, what, counted, depth=0)
    if counted.references > SCHEMA_REFERENCES_MAX:
        raise SchemaRefused(what, f"It has more than {SCHEMA_REFERENCES_MAX} references.")
    if counted.patterns > SCHEMA_PATTERNS_MAX:
        raise SchemaRefused(what, f"It has more than {SCHEMA_PATTERNS_MAX} patterns.")
    return counted


def _walk(value: object, what: str, counted: _Counted, *, depth: int, names: bool = False) -> None:
    """`names` tells that the keys here are a caller's own and no keywords."""
    counted.parts += 1
    if depth > SCHEMA_DEPTH_MAX:
        raise SchemaRefused(what, f"It is nested deeper than {SCHEMA_DEPTH_MAX}.")
    if isinstance(value, list):
        for one in value:
            _walk(one, what, counted, depth=depth + 1)
        return
    if not isinstance(value, Mapping):
        return
    for key, one in value.items():
        if not names:
            _keyword(key, one, what, counted)
            if key == "patternProperties" and isinstance(one, Mapping):
                counted.patterns += len(one)
        _walk(one, what, counted, depth=depth + 1, names=not names and key in _NAMED)


def _keyword(key: str, value: object, what: str, counted: _Counted) -> None:
    if key in _MOVING:
        raise SchemaRefused(what, f"`{key}` is not taken.")
    if key == "$schema" and value not in _DIALECTS:
        raise SchemaRefused(what, "Its dialect is not one of draft 7, 2019-09 and 2020-12.")
    if key == "$ref":
        counted.references += 1
        if not (isinstance(value, str) and (value == "#" or value.startswith("#/"))):
            raise SchemaRefused(what, "A reference leads out of it; only `#` and `#/...` are taken.")
    counted.patterns += key == "pattern"


@dataclass(frozen=True, slots=True)
class Checker:
    """A schema that is ready to check values. Making one and checking are CPU-bound: in a thread."""

    schema: Mapping[str, object]
    _counted: _Counted
    _validator: Any = field(repr=False)

    def problems(self, value: object) -> tuple[str, ...]:
        """Return what about the value is not as the schema has it, without a word of the value itself."""
        deep, parts = _measured(value)
        if deep > VALUE_DEPTH_MAX:
            return (f"it is nested deeper than {VALUE_DEPTH_MAX}",)
        # Without references each part of a schema meets each part of a value once at most.
        small = not self._counted.references and self._counted.parts * parts <= EFFORT_STEPS_MAX
        if not small and effort(self.schema, value) > EFFORT_STEPS_MAX:
            return ("it is too complex to be checked",)
        found: list[str] = []
        for error in self._validator.iter_errors(value):
            if len(found) == PROBLEMS_MAX:
                break
            found.append(self._said(error))
        return tuple(found)

    def _said(self, error: Any) -> str:
        """Where it is, and which keyword is not kept; names that the schema does not have are a value's own."""
        known = json.dumps(self.schema)
        place = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part if json.dumps(part) in known else '*'}"
            for part in error.instance_path
        )
        keyword = error.kind.name
        wanted = error.kind.value
        one_of = wanted if isinstance(wanted, list) else [wanted]
        more = f" {' or '.join(map(json.dumps, one_of))}" if keyword in _TOLD else ""
        return f"`${place}` does not keep to `{keyword}`{more}"


_TOLD: Final = frozenset({"required", "type", "maxLength", "minLength", "maxItems", "minItems", "maximum", "minimum"})
"""What these want is a word of the schema, and short."""


def checker(schema: Mapping[str, object], what: str) -> Checker:
    """Return what checks values. Raises SchemaRefused when it is no schema, or one that is not taken."""
    import jsonschema_rs  # noqa: PLC0415  # only where somebody asks for a form

    counted = bounded(schema, what)
    # Linear in the text, whatever the pattern; what that engine does not know is refused.
    patterns = jsonschema_rs.RegexOptions(size_limit=PATTERN_BYTES_MAX, dfa_size_limit=PATTERN_BYTES_MAX)
    try:
        validator = jsonschema_rs.validator_for(dict(schema), pattern_options=patterns, retriever=_nowhere, mask="it")
        return Checker(schema, counted, validator)
    except (ValueError, RecursionError, jsonschema_rs.ReferencingError) as error:
        place = "".join(f"/{part}" for part in getattr(error, "instance_path", ()))
        raise SchemaRefused(what, f"It is no JSON Schema that can be used; see `#{place}`.") from None


def _nowhere(uri: str) -> Any:
    raise LookupError(uri)


def _measured(value: object) -> tuple[int, int]:
    """Return how deep a JSON value is nested, no further than what is too deep anyway, and how many parts it has."""
    level: Iterable[object] = (value,)
    parts = 1
    for reached in range(VALUE_DEPTH_MAX + 1):
        level = [child for one in level for child in _children(one)]
        parts += len(level)
        if not level:
            return reached, parts
    return VALUE_DEPTH_MAX + 1, parts


def _children(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()
