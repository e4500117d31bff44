"""GraphQL requests as they come in, and results as they go out, the same over every transport."""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from api.graphql.errors import bug_or_refusal, formatted
from api.graphql.operation import Operation
from api.graphql.schema import SCHEMA

READS = frozenset({OperationType.QUERY, OperationType.SUBSCRIPTION})
AT_ONCE = frozenset({OperationType.QUERY, OperationType.MUTATION})
ANY = frozenset(OperationType)

ERRORS_MAX = 100
"""How many errors one answer tells: a deadline may meet thousands of fields at once."""


class RequestRefused(GraphQLError):
    """What came is not a GraphQL request."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLRequest:
    """One operation to run."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None

    @classmethod
    def read(cls, given: object) -> Self:
        """Return the request that a JSON value is; raise RequestRefused."""
        if isinstance(given, list):
            raise RequestRefused("Send one operation a request; batches are not taken.")
        if not isinstance(given, Mapping):
            raise RequestRefused("A request is a JSON object.")
        query, name = given.get("query"), given.get("operationName")
        variables = given.get("variables")
        if not isinstance(query, str) or not query.strip():
            raise RequestRefused("`query` must hold a GraphQL document.")
        if name is not None and not isinstance(name, str):
            raise RequestRefused("`operationName` must be a string.")
        if variables is not None and not isinstance(variables, dict):
            raise RequestRefused("`variables` must be an object.")
        return cls(query=query, variables=variables, operation_name=name)


def loaded(text: str | bytes) -> object:
    """Return the JSON value that a client sent; raise RequestRefused."""
    try:
        value: object = json.loads(text)
        if (rb"\ud" if isinstance(text, bytes) else r"\ud") in text.lower():  # type: ignore[operator]
            # Half of a surrogate pair passes for text until somebody has to write it down.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RequestRefused("The request is not JSON.") from None
    return value


def encoded(answer: Mapping[str, Any]) -> str:
    """Return an answer as JSON on one line."""
    return json.dumps(answer, separators=(",", ":"), ensure_ascii=False)


def refusal(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """Return the answer to a request that was not run."""
    return {"errors": [formatted(error, request_id)]}


async def answered(request: GraphQLRequest, operation: Operation) -> dict[str, Any]:
    """Run a query or mutation and return its answer; without `data` when it was refused before it ran."""
    operation.name = request.operation_name
    try:
        result = await SCHEMA.execute(
            request.query,
            variable_values=request.variables,
            operation_name=request.operation_name,
            context_value=operation,
            allowed_operation_types=AT_ONCE,
        )
    except (CannotGetOperationTypeError, InvalidOperationTypeError) as error:
        return refusal(_not_possible(error), operation.tenant.request_id)
    return _answer(result, operation)


async def streamed(
    request: GraphQLRequest, operation: Operation, allowed: frozenset[OperationType] = ANY
) -> AsyncGenerator[dict[str, Any], None]:
    """Run any operation and yield its answers: one, or as many as a subscription has events."""
    operation.name = request.operation_name
    results = await SCHEMA.stream(
        request.query,
        variable_values=request.variables,
        operation_name=request.operation_name,
        context_value=operation,
        allowed_operation_types=allowed,
    )
    try:
        async for result in results:
            yield _answer(result, operation)
    finally:
        await results.aclose()


def _answer(result: Any, operation: Operation) -> dict[str, Any]:
    request_id = operation.tenant.request_id
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [
            formatted(e, request_id) if isinstance(e, GraphQLError) else bug_or_refusal(e, request_id)
            for e in result.errors[:ERRORS_MAX]
        ]
    if result.data is not None or not _before_running(result):
        answer["data"] = result.data
    if operation.stale:
        answer["extensions"] = {"stale": True}
    return answer


def _before_running(result: Any) -> bool:
    """Tell whether a result without data comes from a request that never ran: its errors then have no path."""
    return result.data is None and all(not error.path for error in result.errors or ())


def _not_possible(error: CannotGetOperationTypeError | InvalidOperationTypeError) -> RequestRefused:
    if isinstance(error, CannotGetOperationTypeError):
        return RequestRefused(error.as_http_error_reason())
    return RequestRefused("A subscription needs a WebSocket or Accept: text/event-stream.")
