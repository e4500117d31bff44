"""The schema as text, sorted, so that a difference between two versions is a difference of meaning."""

from dataclasses import replace
from typing import Any

from graphql import Node, parse, print_ast

from api.graphql.schema import SCHEMA

_NAMED_MEMBERS = ("definitions", "fields", "arguments", "values", "types", "interfaces", "locations")


def export_sdl() -> str:
    """Return the schema definition with its descriptions and applied directives."""
    return print_ast(_sorted(parse(SCHEMA.as_str(), no_location=True))) + "\n"


def _sorted(node: Node) -> Node:
    changes: dict[str, Any] = {}
    for key in node.keys:
        value = getattr(node, key, None)
        if isinstance(value, Node):
            changes[key] = _sorted(value)
        elif isinstance(value, tuple | list):
            members = [_sorted(member) for member in value]
            changes[key] = tuple(sorted(members, key=_name_of) if key in _NAMED_MEMBERS else members)
    return replace(node, **changes)


def _name_of(node: Any) -> str:
    name = getattr(node, "name", node)
    return str(getattr(name, "value", ""))
