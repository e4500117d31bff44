"""The Node interface: whatever has a global id."""

import strawberry


@strawberry.interface(description="Something with an id that is unique across all types.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque; ask for it again with `node(id)`.")
