"""Relay connections over keysets: signed cursors, a page size, both directions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Generic, NewType, TypeVar

import strawberry

from api.cursors import Cursors
from api.graphql.fields import resolved
from api.graphql.operation import Operation
from domain.errors import Invalid

PAGE_ITEMS_DEFAULT = 20
PAGE_ITEMS_MAX = 100
COUNTED_MAX = 10_001

Cursor = NewType("Cursor", str)
CURSOR_SCALAR = strawberry.scalar(
    name="Cursor",
    description="Where a page begins or ends: opaque, signed, and of use for the list that gave it out only.",
    serialize=str,
    parse_value=str,
)

First = Annotated[int | None, strawberry.argument(description="How many from the start: 1 to 100, 20 if not said.")]
After = Annotated[Cursor | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, instead of `first`: 1 to 100.")]
Before = Annotated[Cursor | None, strawberry.argument(description="Only what comes before this cursor.")]

NodeT = TypeVar("NodeT")
ItemT = TypeVar("ItemT")


class PageRefused(Invalid):
    """A page is `first` or `last` of one to a hundred items."""

    code: ClassVar = "request.page_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

    def facts(self) -> dict[str, object]:
        return {"page_items_max": PAGE_ITEMS_MAX}


@strawberry.type(description="Whether there is more, and the cursors to ask for it.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="There are more items after this page.")
    has_previous_page: bool = strawberry.field(description="There are more items before this page.")
    start_cursor: Cursor | None = strawberry.field(description="The cursor of the first item of this page.")
    end_cursor: Cursor | None = strawberry.field(description="The cursor of the last item of this page.")


@strawberry.type(description="One item of a page with its cursor.")
class Edge(Generic[NodeT]):
    node: NodeT = strawberry.field(description="The item.")
    cursor: Cursor = strawberry.field(description="Where the item stands in the list.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeT]):
    edges: list[Edge[NodeT]] = strawberry.field(description="The items with their cursors.")
    page_info: PageInfo = strawberry.field(description="How the page lies in the list.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @resolved("The items without their cursors.")
    def nodes(self) -> list[NodeT]:
        return [edge.node for edge in self.edges]

    @resolved("How many items the whole list has; 10,001 stands for more than 10,000.")
    async def total_count(self) -> int | None:
        return min(await self.count(), COUNTED_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was asked for: a size, a direction and decoded cursors."""

    size: int
    backwards: bool
    after: tuple[str | int, ...] | None
    before: tuple[str | int, ...] | None


def cursors_of(operation: Operation, list_name: str) -> Cursors:
    """Return the cursors of one list of the caller's tenant."""
    return Cursors(operation.platform.cursor_key, f"graphql/{operation.tenant.tenant_id}/{list_name}")


def window(
    cursors: Cursors,
    *,
    first: int | None,
    after: str | None,
    last: int | None = None,
    before: str | None = None,
) -> Window:
    """Return the page that the arguments ask for. Raises PageRefused, CursorRefused."""
    if first is not None and last is not None:
        raise PageRefused("Give first or last, not both.")
    size = first if first is not None else last if last is not None else PAGE_ITEMS_DEFAULT
    if not 1 <= size <= PAGE_ITEMS_MAX:
        raise PageRefused(f"A page has 1 to {PAGE_ITEMS_MAX} items.")
    return Window(
        size=size,
        backwards=last is not None,
        after=tuple(cursors.decode(after)) if after is not None else None,
        before=tuple(cursors.decode(before)) if before is not None else None,
    )


def connection(
    found: Sequence[ItemT],
    wanted: Window,
    *,
    node: Callable[[ItemT], NodeT],
    cursor: Callable[[ItemT], str],
    count: Callable[[], Awaitable[int]],
) -> Connection[NodeT]:
    """Return the page of what was found, in the order of the list; one item too many tells that there is more."""
    more = len(found) > wanted.size
    kept = found[-wanted.size :] if wanted.backwards else found[: wanted.size]
    edges = [Edge(node=node(item), cursor=Cursor(cursor(item))) for item in kept]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=wanted.before is not None if wanted.backwards else more,
            has_previous_page=more if wanted.backwards else wanted.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )
