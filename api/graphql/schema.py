"""The schema: what can be read, changed and followed, and its text."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.graphql.actors import ApiKey, SystemActor, UnknownActor
from api.graphql.connections import CURSOR_SCALAR, Cursor
from api.graphql.deadline import Deadline
from api.graphql.limits import DocumentLimits
from api.graphql.mutations import Mutation
from api.graphql.queries import Query
from api.graphql.subscriptions import Subscription
from api.graphql.user_errors import USER_ERRORS


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: errors are told apart and logged where they are answered, without their content."""


SCHEMA = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[*USER_ERRORS, ApiKey, SystemActor, UnknownActor],
    extensions=[DocumentLimits, Deadline],
    # Sorting here would break every union at run time; only the exported text is sorted.
    config=StrawberryConfig(scalar_map={Cursor: CURSOR_SCALAR}),
)
