"""The tenant and its members."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from domain.ids import MemberId
from domain.sealed import ERASED
from projections.directory import MemberCard, TenantCard, all_members, tenant_card
from tenancy.roles import Permission


@strawberry.type(description="A person who belongs to the tenant.")
class Member(Node):
    display_name: str = strawberry.field(description="The name that colleagues see; `[erased]` after an erasure.")
    roles: list[str] = strawberry.field(description="What the person may do here, as role names.")
    member_id: strawberry.Private[UUID]
    address: strawberry.Private[str | None]

    @classmethod
    def from_card(cls, card: MemberCard) -> Self:
        return cls(
            id=global_id("Member", card.member_id),
            display_name=card.name,
            roles=[card.role],
            member_id=card.member_id,
            address=card.email,
        )

    @classmethod
    def erased(cls, member_id: UUID) -> Self:
        """Return what is left of somebody whom the directory no longer knows: that it was a person, and which."""
        return cls(
            id=global_id("Member", member_id),
            display_name=ERASED,
            roles=[],
            member_id=member_id,
            address=None,
        )

    def is_of(self, member_id: MemberId | None) -> bool:
        return self.member_id == member_id

    @resolved("The e-mail address.", Requires(Permission.MEMBER_READ, or_own=True))
    def email(self) -> str | None:
        return self.address

    @resolved("The tenant that the person belongs to.")
    async def tenant(self, info: Info) -> Annotated["Tenant", strawberry.lazy("api.graphql.tenants")]:
        return await own_tenant(info.context)


@strawberry.type(description="An organisation with its people and documents; nobody sees another one's.")
class Tenant(Node):
    slug: str = strawberry.field(description="The short name in commands and addresses.")
    name: str = strawberry.field(description="The name that people read.")

    @classmethod
    def from_card(cls, card: TenantCard) -> Self:
        return cls(id=global_id("Tenant", card.tenant_id), slug=card.slug, name=card.name)

    @resolved("The tenant's people, by when they came.", Requires(Permission.MEMBER_READ))
    async def members(self, info: Info, first: First = None, after: After = None) -> Connection[Member]:
        operation = info.context
        cursors = cursors_of(operation, "members")
        wanted = window(cursors, first=first, after=after)
        async with operation.reading() as transaction:
            everybody = await all_members(transaction, operation.tenant.tenant_id)
        start = _place(str(wanted.after[0]), str(wanted.after[1])) if wanted.after else None
        rest = [m for m in everybody if start is None or (m.added_at, m.member_id) > start]

        async def count() -> int:
            return len(everybody)

        return connection(
            rest[: wanted.size + 1],
            wanted,
            node=Member.from_card,
            cursor=lambda m: cursors.encode(m.added_at.isoformat(), str(m.member_id)),
            count=count,
        )


async def member(operation: Operation, member_id: UUID) -> Member:
    """Return a person of the caller's tenant."""
    card = await operation.members.load(member_id)
    return Member.from_card(card) if card else Member.erased(member_id)


async def own_tenant(operation: Operation) -> Tenant:
    """Return the tenant of whoever asks."""
    async with operation.reading() as transaction:
        return Tenant.from_card(await tenant_card(transaction, operation.tenant.tenant_id))


def _place(added_at: str, member_id: str) -> tuple[datetime, UUID]:
    return datetime.fromisoformat(added_at), UUID(member_id)
