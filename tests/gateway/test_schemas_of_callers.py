"""A schema of a caller costs little, reaches nothing outside of itself, and complaints hold no word of the value."""

import json
import time
from typing import Any

import pytest

from gateway.refusals import SchemaRefused
from gateway.schemas import SCHEMA_BYTES_MAX, SCHEMA_PATTERNS_MAX, SCHEMA_REFERENCES_MAX, checker

ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "customer": {"type": "string", "format": "email"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1},
    },
    "required": ["customer", "items"],
    "additionalProperties": False,
    "$defs": {"item": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}},
}


def nested(part: dict[str, Any], times: int) -> dict[str, Any]:
    for _ in range(times):
        part = {"not": part}
    return part


def doubling(times: int) -> dict[str, Any]:
    """Each definition asks twice for the next one."""
    definitions: dict[str, Any] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]} for n in range(times)
    }
    definitions[f"d{times}"] = {"type": "string"}
    return {"$ref": "#/$defs/d0", "$defs": definitions}


def problems(schema: dict[str, Any], value: object) -> tuple[str, ...]:
    return checker(schema, "it").problems(value)


def test_what_keeps_to_a_schema_has_no_problems() -> None:
    assert problems(ORDER, {"customer": "ana@acme.example", "items": [{"count": 2}]}) == ()


def test_a_problem_names_the_place_and_the_keyword_and_nothing_of_the_value() -> None:
    found = problems(ORDER, {"customer": 7, "items": [{"count": "two of ana@acme.example"}], "ana@acme.example": 1})
    assert set(found) == {
        '`$.customer` does not keep to `type` "string"',
        '`$.items[0].count` does not keep to `type` "integer"',
        "`$` does not keep to `additionalProperties`",
    }


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.com/schema"},
        {"$ref": "other.json#/a"},
        {"$ref": "#/$defs/missing"},
        {"$id": "https://example.com/", "type": "string"},
        {"$dynamicRef": "#x"},
        {"$schema": "https://example.com/my-own-dialect"},
        {"type": "strin"},
        {"pattern": "(?=look)ahead"},
        {"pattern": "(a{1000}){1000}"},
        {"allOf": {}},
        nested({}, 60),
        nested({}, 5_000),
        {"enum": ["x" * SCHEMA_BYTES_MAX]},
        {"anyOf": [{"$ref": "#"}] * (SCHEMA_REFERENCES_MAX + 1)},
        {"anyOf": [{"pattern": "a"}] * (SCHEMA_PATTERNS_MAX + 1)},
    ],
    ids=lambda schema: json.dumps(schema)[:40] if len(schema) < 2 and "not" not in schema else "much",
)
def test_a_schema_that_is_none_or_costs_too_much_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaRefused) as refused:
        checker(schema, "the tool `weather`")
    assert "the tool `weather`" in str(refused.value)


def test_a_property_may_be_called_as_a_keyword_is() -> None:
    assert problems({"type": "object", "properties": {"$id": {"type": "string"}}}, {"$id": "x"}) == ()


@pytest.mark.parametrize(
    "draft", ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"]
)
def test_the_dialects_that_libraries_write_are_taken(draft: str) -> None:
    assert problems({"$schema": draft, "type": "integer"}, "x") == ('`$` does not keep to `type` "integer"',)


def test_work_that_grows_with_every_reference_is_not_begun() -> None:
    started = time.perf_counter()
    assert problems(doubling(60), "x") == ("it is too complex to be checked",)
    both = {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}
    deep = json.loads('{"a":' * 50 + "1" + "}" * 50)
    assert problems({"type": "object", "properties": {"a": both}}, deep) == ("it is too complex to be checked",)
    assert time.perf_counter() - started < 2


def test_a_pattern_takes_no_more_time_than_its_text_is_long() -> None:
    started = time.perf_counter()
    assert problems({"pattern": "^(a+)+$"}, "a" * 50_000 + "!")
    assert time.perf_counter() - started < 2


def test_a_value_that_is_nested_without_end_is_not_followed() -> None:
    assert problems({}, json.loads("[" * 80 + "]" * 80)) == ("it is nested deeper than 64",)
    assert (
        problems(ORDER["$defs"]["item"] | {"properties": {"next": {"$ref": "#"}}}, {"count": 1, "next": {"count": 2}})
        == ()
    )
