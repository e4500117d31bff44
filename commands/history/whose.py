"""Which actors are one person: the member, and the keys that were issued to them."""

from commands.event_log import EventLog
from domain.actor import Actor, ActorKind
from domain.directory.events import ApiKeyIssued
from domain.ids import MemberId, StreamId
from tenancy.context import TenantContext


class Whose:
    """Asks the log about each key once."""

    def __init__(self, log: EventLog, tenant: TenantContext) -> None:
        self._log = log
        self._tenant = tenant
        self._members: dict[Actor, MemberId | None] = {}

    async def member(self, actor: Actor) -> MemberId | None:
        """Return the member behind an actor; None for a program of the tenant, and for the platform."""
        if actor not in self._members:
            self._members[actor] = await self._found(actor)
        return self._members[actor]

    async def is_same(self, actor: Actor) -> bool:
        """Tell whether the caller is who did something."""
        if actor == self._tenant.actor:
            return True
        return self._tenant.member_id is not None and await self.member(actor) == self._tenant.member_id

    async def _found(self, actor: Actor) -> MemberId | None:
        if actor.id is None:
            return None
        if actor.kind is ActorKind.MEMBER:
            return MemberId(actor.id)
        if actor.kind is not ActorKind.KEY:
            return None
        issued = [recorded.event for recorded in await self._log.load(StreamId(actor.id), self._tenant)]
        return next((event.member_id for event in issued if isinstance(event, ApiKeyIssued)), None)
