"""How much one GraphQL document may ask for: refused before anything of it runs, with the limit's name."""

import time

import pytest
from graphql import get_introspection_query

from tests.graphql.conftest import Ask
from tests.support.world import Tenant

CHANGE = 'documentCreate(input: {title: ""}) { clientMutationId }'


def aliased(field: str, count: int) -> str:
    return " ".join(f"a{n}: {field}" for n in range(count))


def nested(levels: int) -> str:
    return "{ viewer " + "{ tenant { members { nodes " * levels + "{ id }" + " } } }" * levels + " }"


def doubling_fragments(count: int) -> str:
    steps = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(count)]
    return " ".join(["{ ...F0 }", *steps, f"fragment F{count} on Query {{ viewer {{ id }} }}"])


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        (nested(4), "depth_fields_max"),
        ("{" + aliased("viewer { id }", 31) + "}", "aliases_max"),
        ("{ viewer { " + "id " * 2_000 + "} }", "tokens_max"),
        ("mutation {" + aliased(CHANGE, 6) + "}", "mutation_fields_max"),
        ("mutation { ...f ...f ...f } fragment f on Mutation {" + aliased(CHANGE, 2) + "}", "mutation_fields_max"),
        ("{ ...f } fragment f on Query {" + aliased("viewer { id }", 31) + "}", "aliases_max"),
    ],
    ids=["depth", "aliases", "tokens", "changes", "changes in fragments", "aliases in fragments"],
)  # fmt: skip
async def test_too_large_a_document_is_refused_with_the_limit(ask: Ask, acme: Tenant, query: str, limit: str) -> None:
    # when
    answer = await ask(acme.ana, query)
    # then
    assert "data" not in answer
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["extensions"]["limit"] == limit


@pytest.mark.parametrize(
    "query",
    [
        nested(2),
        "{" + aliased("viewer { id }", 30) + "}",
        get_introspection_query(descriptions=True, input_value_deprecation=True),
    ],
    ids=["depth", "aliases", "introspection"],
)
async def test_a_document_at_the_limit_runs(ask: Ask, acme: Tenant, query: str) -> None:
    # when
    answer = await ask(acme.olga, query)
    # then
    assert "errors" not in answer


async def test_fragments_that_double_at_every_step_cost_nothing(ask: Ask, acme: Tenant) -> None:
    # given
    query = doubling_fragments(150)
    # when
    began = time.perf_counter()
    answer = await ask(acme.ana, query)
    # then
    assert time.perf_counter() - began < 5
    assert "errors" in answer or answer["data"] == {"viewer": {"id": answer["data"]["viewer"]["id"]}}


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer " + "{ tenant " * 600 + "}" * 601,
        "{ nodes(ids: " + "[" * 1_500,
        "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
    ],
    ids=["fields", "open lists", "lists"],
)
async def test_a_document_that_is_all_brackets_is_refused(ask: Ask, acme: Tenant, query: str) -> None:
    # when
    answer = await ask(acme.ana, query)
    # then
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] != "INTERNAL"


async def test_a_cycle_of_fragments_is_refused(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.ana, "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }")
    # then
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_introspection_that_goes_round_in_circles_is_refused(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(
        acme.ana,
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
    )
    # then
    assert "data" not in answer


async def test_too_many_nodes_at_once_are_refused(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.ana, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 101)
    # then
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_document_that_is_none_is_a_readable_error(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.ana, "{ viewer { id ")
    # then
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert "Syntax Error" in error["message"]


async def test_a_variable_of_another_type_is_a_readable_error(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.ana, "query($first: Int) { documents(first: $first) { totalCount } }", first="many")
    # then
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "$first" in error["message"]
