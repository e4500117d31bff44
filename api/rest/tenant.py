"""The tenant as its administrators and auditors see it: the event feed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.actors import named
from api.authentication import Caller, PlatformDep
from api.rest.models import ActorModel, Wire
from api.rest.reading import POSITION_MAX, Limit, NeedsPermission
from projections import event_feed
from projections.document_access import hidden_streams
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["tenant"])


class EventModel(Wire):
    """
    An envelope: what was done by whom and when, committed to by the leaf hash; never content.

    `stream_id` is null for a document that is not shared with whoever asks.
    """

    position: int
    event_id: UUID
    name: str
    stream_id: UUID | None
    stream_version: int
    actor: ActorModel
    occurred_at: datetime
    recorded_at: datetime
    leaf_hash: str


class EventPage(Wire):
    items: list[EventModel]
    next_after: int | None


EventsReader = Annotated[Caller, Depends(NeedsPermission(Permission.EVENTS_READ))]


@router.get("/events")
async def list_events(
    caller: EventsReader,
    platform: PlatformDep,
    after: Annotated[int, Query(ge=0, le=POSITION_MAX, description="Only positions above this.")] = 0,
    limit: Limit = 50,
) -> EventPage:
    """Read the tenant's log in order: every position, none skipped."""
    async with platform.reads.as_app(caller.context) as connection:
        found = await event_feed.envelopes(connection, caller.context.tenant_id, after=after, first=limit)
        actors = await named(connection, caller.context.tenant_id, [e.actor_ref for e in found])
        closed = await hidden_streams(connection, caller.context, [e.stream_id for e in found])
    items = [
        EventModel(
            position=e.position,
            event_id=e.event_id,
            name=e.name,
            stream_id=None if e.stream_id in closed else e.stream_id,
            stream_version=e.stream_version,
            actor=ActorModel.model_validate(actors[e.actor_ref]),
            occurred_at=e.occurred_at,
            recorded_at=e.recorded_at,
            leaf_hash=e.leaf_hash.hex(),
        )
        for e in found
    ]
    return EventPage(items=items, next_after=found[-1].position if len(found) == limit else None)
