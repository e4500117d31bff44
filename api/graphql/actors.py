"""Who did something: a person, an API key, a part of the platform, or nobody knows."""

from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from api.graphql.fields import resolved
from api.graphql.ids import global_id
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member, member
from domain.actor import Actor as ActorReference
from domain.actor import ActorKind
from projections.directory import ApiKeyCard


@strawberry.type(description="A program that acts with a key of the tenant.")
class ApiKey(Node):
    name: str | None = strawberry.field(description="What its owner calls it.")
    owner_id: strawberry.Private[UUID | None]

    @classmethod
    def from_card(cls, card: ApiKeyCard) -> Self:
        return cls(id=global_id("ApiKey", card.key_id), name=card.label, owner_id=card.member_id)

    @resolved("The person whose rights it has.")
    async def owner(self, info: Info) -> Member | None:
        return await member(info.context, self.owner_id) if self.owner_id else None


@strawberry.enum(description="Which part of the platform acted.")
class SystemPart(Enum):
    PLATFORM = strawberry.enum_value("system", description="A process of the platform itself.")
    OPERATOR = strawberry.enum_value("operator", description="Whoever runs the platform, by its command line.")


@strawberry.type(description="Neither a person nor a program of the tenant: the platform or its operator.")
class SystemActor:
    part: SystemPart = strawberry.field(description="Which part of the platform it was.")


@strawberry.type(description="Nobody knows who it was; this never stands for a person.")
class UnknownActor:
    reference: str = strawberry.field(description="What was recorded.")


Actor = Annotated[
    Member | ApiKey | SystemActor | UnknownActor,
    strawberry.union(
        "Actor", description="Who caused something: a person, an API key, the platform, or nobody knows who."
    ),
]


async def actor(operation: Operation, reference: str) -> Member | ApiKey | SystemActor | UnknownActor:
    """Return the actor of a stored reference."""
    stored = ActorReference.parse(reference)
    match stored.kind, stored.id:
        case ActorKind.MEMBER, id_ if id_ is not None:
            return await member(operation, id_)
        case ActorKind.KEY, id_ if id_ is not None:
            card = await operation.api_keys.load(id_)
            return ApiKey.from_card(card) if card else ApiKey(id=global_id("ApiKey", id_), name=None, owner_id=None)
        case (ActorKind.SYSTEM | ActorKind.OPERATOR) as kind, _:
            return SystemActor(part=SystemPart(kind.value))
        case _:
            return UnknownActor(reference=reference)
