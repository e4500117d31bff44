"""Stored actor references made presentable: kind, id and, for people, the name as the tenant knows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor, ActorKind
from domain.ids import TenantId
from projections.directory import members_by_id


@dataclass(frozen=True, slots=True)
class NamedActor:
    """`name` is None for whoever has none; unknown stays unknown."""

    kind: ActorKind
    id: UUID | None
    name: str | None


async def named(
    connection: AsyncConnection, tenant_id: TenantId, references: Iterable[str]
) -> Mapping[str, NamedActor]:
    """Return each reference with its name, in one query."""
    actors = {reference: Actor.parse(reference) for reference in set(references)}
    ids = [actor.id for actor in actors.values() if actor.kind is ActorKind.MEMBER and actor.id]
    members = await members_by_id(connection, tenant_id, ids) if ids else {}
    return {
        reference: NamedActor(actor.kind, actor.id, members[actor.id].name if actor.id in members else None)
        for reference, actor in actors.items()
    }
