"""What holds for the whole schema: root fields say what they need, everything is described, the text is current."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
)
from strawberry.types.field import StrawberryField

from api.graphql.authorisation import SESSION, Requires, RequiresDirective
from api.graphql.schema import SCHEMA
from api.graphql.sdl import export_sdl
from api.graphql.subscriptions import DocumentEventKind, kind_of
from domain.catalogue import EVENTS
from tenancy.roles import Permission

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "schema.graphql"

GRAPHQL = SCHEMA._schema


def root_fields() -> Iterator[tuple[str, StrawberryField]]:
    for root in (SCHEMA.query, SCHEMA.mutation, SCHEMA.subscription):
        assert root is not None
        for field in root.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            yield f"{root.__name__}.{field.name}", field


def sensitive_fields() -> Iterator[tuple[str, StrawberryField]]:
    for type_name, field_name in (("Member", "email"), ("Tenant", "members")):
        type_ = SCHEMA.get_type_by_name(type_name)
        yield f"{type_name}.{field_name}", next(f for f in type_.fields if f.name == field_name)  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "field"), [*root_fields(), *sensitive_fields()])
def test_every_root_and_sensitive_field_needs_a_permission_that_exists(name: str, field: StrawberryField) -> None:
    # when
    guards = [guard for guard in field.extensions if isinstance(guard, Requires)]
    said = [d.permission for d in field.directives if isinstance(d, RequiresDirective)]
    # then
    assert len(guards) == 1, f"{name} has no @requires"
    assert len(said) == 1
    assert said[0] == SESSION or said[0] in set(Permission)


def test_what_the_schema_says_is_what_is_enforced() -> None:
    # when
    pairs = [
        (guard._permission or SESSION, directive.permission)
        for _, field in (*root_fields(), *sensitive_fields())
        for guard in field.extensions
        if isinstance(guard, Requires)
        for directive in field.directives
        if isinstance(directive, RequiresDirective)
    ]
    # then
    assert pairs
    assert all(enforced == said for enforced, said in pairs)


def undescribed(type_: GraphQLNamedType) -> Iterator[str]:
    if not type_.description:
        yield type_.name
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for name, field in type_.fields.items():
            if not field.description:
                yield f"{type_.name}.{name}"
            for argument_name, argument in getattr(field, "args", {}).items():
                if not argument.description:
                    yield f"{type_.name}.{name}({argument_name})"
    if isinstance(type_, GraphQLEnumType):
        yield from (f"{type_.name}.{name}" for name, value in type_.values.items() if not value.description)


def test_everything_is_described() -> None:
    # when
    missing = [
        name for type_ in GRAPHQL.type_map.values() if not type_.name.startswith("__") for name in undescribed(type_)
    ]
    # then
    assert missing == []


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text() == export_sdl(), "run `colophon schema export > docs/reference/schema.graphql`"


def test_the_exported_text_is_a_schema_and_sorted() -> None:
    # given
    text = export_sdl()
    # when
    schema = build_schema(text)
    # then
    assert set(schema.type_map) >= {"Document", "Actor", "UserError", "DocumentEvent"}
    fields = list(schema.type_map["Document"].fields)  # type: ignore[attr-defined]
    assert fields == sorted(fields)
    assert '@requires(permission: "document:write")' in text


def test_every_event_of_a_document_has_a_kind() -> None:
    # given
    of_documents = [
        name for name in EVENTS if name.startswith(("document.", "edits.", "version.", "comment.", "erasure."))
    ]
    # when
    kinds = {kind_of(name) for name in of_documents}
    # then
    assert kinds == set(DocumentEventKind)
