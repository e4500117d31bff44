"""How much work checking a value would be: references that meet again and again can make it exponential."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

EFFORT_STEPS_MAX = 1_000_000
"""A step is one part of the schema at one part of the value; a million take about 20 ms."""
_PAIRS_MAX = 200_000
"""Pairs that are looked at to find that out; about 0.2 s at the worst, in a thread."""

_IN_PLACE_LISTS: Final = ("allOf", "anyOf", "oneOf")
_IN_PLACE: Final = ("not", "if", "then", "else")
_OF_MEMBERS: Final = ("additionalProperties", "unevaluatedProperties", "propertyNames")
_OF_ITEMS: Final = ("items", "additionalItems", "unevaluatedItems", "contains")


class _TooMuch(Exception):
    pass


def effort(schema: Mapping[str, object], value: object) -> int:
    """Return an upper bound of the steps, or a number above EFFORT_STEPS_MAX."""
    try:
        return _Effort(schema).of(schema, value)
    except (_TooMuch, RecursionError):
        return EFFORT_STEPS_MAX + 1


@dataclass(slots=True)
class _Effort:
    root: Any
    known: dict[tuple[int, int], int] = field(default_factory=dict)

    def of(self, schema: object, value: object) -> int:
        if not isinstance(schema, Mapping):
            return 1
        pair = (id(schema), id(value))
        if pair not in self.known:
            if len(self.known) > _PAIRS_MAX:
                raise _TooMuch
            self.known[pair] = 1  # what leads back here without going on in the value ends at once
            total = 1 + sum(self.of(part, there) for part, there in self._parts(schema, value))
            if total > EFFORT_STEPS_MAX:
                raise _TooMuch
            self.known[pair] = total
        return self.known[pair]

    def _parts(self, schema: Mapping[str, Any], value: object) -> Iterator[tuple[object, object]]:
        if isinstance(reference := schema.get("$ref"), str):
            yield self._target(reference), value
        for key in _IN_PLACE_LISTS:
            yield from ((one, value) for one in _listed(schema.get(key)))
        yield from ((schema[key], value) for key in _IN_PLACE if key in schema)
        yield from ((one, value) for one in _named(schema.get("dependentSchemas")).values())
        yield from ((one, value) for one in _named(schema.get("dependencies")).values())
        if isinstance(value, Mapping):
            yield from self._of_members(schema, value)
        elif isinstance(value, list):
            yield from self._of_items(schema, value)

    @staticmethod
    def _of_members(schema: Mapping[str, Any], value: Mapping[str, object]) -> Iterator[tuple[object, object]]:
        properties = _named(schema.get("properties"))
        patterns = _named(schema.get("patternProperties")).values()
        everywhere = [schema[key] for key in _OF_MEMBERS if key in schema]
        for name, member in value.items():
            if name in properties:
                yield properties[name], member
            yield from ((one, member) for one in (*patterns, *everywhere))

    @staticmethod
    def _of_items(schema: Mapping[str, Any], value: list[object]) -> Iterator[tuple[object, object]]:
        for key in ("prefixItems", "items"):
            yield from zip(_listed(schema.get(key)), value, strict=False)
        everywhere = [schema[key] for key in _OF_ITEMS if isinstance(schema.get(key), Mapping)]
        yield from ((one, item) for item in value for one in everywhere)

    def _target(self, reference: str) -> object:
        found: Any = self.root
        for part in reference.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list):
                found = found[int(name)] if name.isdigit() and int(name) < len(found) else None
            else:
                found = _named(found).get(name)
        return found


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
