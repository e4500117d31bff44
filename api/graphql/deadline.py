"""The deadline of an operation: a field that is not ready in time is an error with its path, the rest is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry.extensions import SchemaExtension

from api.graphql.errors import DeadlineExceeded
from api.graphql.operation import Operation


class Deadline(SchemaExtension):
    """Bounds every resolver that waits for something."""

    def resolve(
        self,
        _next: Callable[..., Any],
        root: Any,
        info: GraphQLResolveInfo[Operation],
        *args: str,
        **kwargs: Any,
    ) -> Any:
        answer = _next(root, info, *args, **kwargs)
        return _in_time(answer, info.context) if isawaitable(answer) else answer


async def _in_time(answer: Awaitable[Any], operation: Operation) -> Any:
    try:
        async with asyncio.timeout_at(operation.deadline) as limit:
            return await answer
    except TimeoutError:
        if limit.expired():
            raise DeadlineExceeded(operation.limits.operation_seconds_max) from None
        raise
