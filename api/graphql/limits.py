"""How much one GraphQL document may ask for, checked before anything of it runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension

from api.graphql.errors import LimitExceeded


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLLimits:
    """What one document, operation or connection may ask for."""

    depth_fields_max: int = 12
    aliases_max: int = 30
    tokens_max: int = 2_000
    mutation_fields_max: int = 5
    operation_seconds_max: float = 10.0
    operations_per_connection_max: int = 50
    read_transactions_per_operation_max: int = 4
    connection_init_seconds_max: float = 10.0
    send_seconds_max: float = 30.0
    heartbeat_seconds: float = 12.0


LIMITS = GraphQLLimits()


class Limited(Protocol):
    """What is known of an operation before its document is looked at."""

    @property
    def limits(self) -> GraphQLLimits: ...

    @property
    def name(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    fields: int = 0


class DocumentLimits(SchemaExtension):
    """Refuses documents that are too long to parse or too large to run."""

    @property
    def _operation(self) -> "Limited":
        operation: Limited = self.execution_context.context
        return operation

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = self._operation.limits.tokens_max
        yield

    def on_validate(self) -> Iterator[None]:
        document = self.execution_context.graphql_document
        assert document is not None
        refusals = [*_excesses(document, self._operation.limits), *_ambiguities(document, self._operation.name)]
        if refusals:
            # The ordinary rules are then not run: some of them are what a large document would be slow in.
            self.execution_context.pre_execution_errors = refusals
        yield


def _ambiguities(document: DocumentNode, operation_name: str | None) -> Iterator[GraphQLError]:
    """Yield an error when nobody can tell which operation is meant; the library would take the first."""
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if operation_name is None and len(operations) > 1:
        yield GraphQLError("`operationName` must say which of the operations to run.")


def _excesses(document: DocumentNode, limits: GraphQLLimits) -> Iterator[LimitExceeded]:
    measure = _Measure(document)
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        size = measure.of_set(definition.selection_set)
        if size.depth > limits.depth_fields_max:
            yield LimitExceeded("depth_fields_max", limits.depth_fields_max)
        if size.aliases > limits.aliases_max:
            yield LimitExceeded("aliases_max", limits.aliases_max)
        if definition.operation is OperationType.MUTATION and size.fields > limits.mutation_fields_max:
            yield LimitExceeded("mutation_fields_max", limits.mutation_fields_max)


class _Measure:
    """Measures selections with each fragment measured once: spreads that double at every step cost nothing."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._sizes: dict[str, _Size] = {}

    def of_set(self, selections: SelectionSetNode | None) -> _Size:
        return _sum(map(self._of, selections.selections)) if selections else _Size()

    def _of(self, selection: SelectionNode) -> _Size:
        match selection:
            case FieldNode():
                # Introspection has a depth limit of its own among the ordinary rules.
                introspection = selection.name.value.startswith("__")
                inside = _Size() if introspection else self.of_set(selection.selection_set)
                own = 1 if selection.alias else 0
                return _Size(inside.depth + 1, inside.aliases + own, 1)
            case InlineFragmentNode():
                return self.of_set(selection.selection_set)
            case FragmentSpreadNode():
                return self._of_fragment(selection.name.value)
            case _:
                return _Size()

    def _of_fragment(self, name: str) -> _Size:
        if name not in self._sizes:
            # A cycle or an unknown name measures nothing here and is refused by the ordinary rules.
            self._sizes[name] = _Size()
            if name in self._fragments:
                self._sizes[name] = self.of_set(self._fragments[name].selection_set)
        return self._sizes[name]


def _sum(sizes: Iterable[_Size]) -> _Size:
    """Return the deepest depth and the sums of the rest, of selections that stand beside each other."""
    depth = aliases = fields = 0
    for size in sizes:
        depth, aliases, fields = max(depth, size.depth), aliases + size.aliases, fields + size.fields
    return _Size(depth, aliases, fields)
