"""A conversation as it goes on: every message of the log, and the words of an answer while it is made."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from contextvars import Context
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast
from uuid import UUID

from api.conversations.view import message_model, own_conversation
from api.platform import Platform
from assistants.live_texts import LiveText, LiveTexts, Viewer
from assistants.messages import message
from domain.conversation.events import ConversationEvent, MessageAnswered, MessageAsked, TurnStopped, TurnUndone
from domain.conversation.state import Conversation, Stage, evolve
from domain.errors import Invalid
from domain.ids import ConversationId, TenantId, conversation_stream
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from tenancy.context import TenantContext
from tenancy.keys import turn_channel

GROWTH_SECONDS_MAX = 1.0
_PLACE = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?")


class PlaceUnknown(Invalid):
    """The place to go on from is not one that this conversation has given out."""

    code: ClassVar = "conversation.place_unknown"

    def __init__(self) -> None:
        super().__init__("The conversation has no such place to go on from.")


@dataclass(frozen=True, slots=True)
class Place:
    """The last message that a viewer has, and how many characters of the answer that follows it."""

    version: int
    characters: int = 0

    def __str__(self) -> str:
        return f"{self.version}.{self.characters}" if self.characters else str(self.version)


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing to tell a viewer: `place` is where it can go on from afterwards."""

    kind: str
    place: Place
    data: dict[str, Any]


def place_in(text: str | None) -> Place | None:
    """Read what a viewer says it has; raise PlaceUnknown for what is no place."""
    if text is None:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise PlaceUnknown
    return Place(int(found.group(1)), int(found.group(2) or 0))


@dataclass(slots=True)
class _View:
    """Where one viewer is."""

    place: Place
    state: Conversation = field(default_factory=Conversation)
    asked_at: int = 0
    again: int | None = None


class Following:
    """Follows one conversation for one viewer; `still` gives their rights anew and raises when they are gone."""

    def __init__(
        self, platform: Platform, conversation_id: ConversationId, still: Callable[[], Awaitable[TenantContext]]
    ) -> None:
        self._platform = platform
        self._conversation_id = conversation_id
        self._still = still

    async def begin(self, place: Place | None) -> AsyncGenerator[Followed, None]:
        """Return what follows the place, or what happens from now on. Raises NoSuchConversation, PlaceUnknown."""
        tenant = await self._still()
        loaded = await own_conversation(self._platform, self._conversation_id, tenant)
        if place is not None and place.version > loaded.version:
            raise PlaceUnknown
        return self._follow(place or Place(loaded.version), tenant)

    async def _follow(self, place: Place, tenant: TenantContext) -> AsyncGenerator[Followed, None]:
        """The viewer takes one thing after the other; what it has not taken is not made."""
        view, read = _View(place), 0
        async with AsyncExitStack() as watching:
            watched = _Watched(self._platform.conversations.live, tenant.tenant_id, watching)
            while view.state.stage is not Stage.CLOSED:
                tenant = await self._still()
                viewer = await watched.turn(view.state.running)
                viewer.changed.clear()
                growth = self._growth(tenant)
                try:
                    stream_id = conversation_stream(self._conversation_id)
                    news = await self._platform.log.load(stream_id, tenant, after_version=read)
                    hidden = await self._platform.document_rights.hidden(tenant) if news else frozenset()
                    for recorded in news:
                        read = recorded.stream_version
                        for told in _told(view, recorded, hidden):
                            yield told
                    if news:
                        continue
                    if (delta := _delta(view, viewer.live)) is not None:
                        yield delta
                    else:
                        await _first_of(growth, viewer.changed)
                finally:
                    growth.cancel()

    def _growth(self, tenant: TenantContext) -> asyncio.Task[None]:
        """Listen for growth from before the read on, so that no hint falls between reading and waiting."""
        waiting = self._platform.growth.wait_for_growth(tenant.tenant_id, seconds_max=GROWTH_SECONDS_MAX)
        return asyncio.create_task(_awaited(waiting), context=Context())


class _Watched:
    """The answer that is being made, if one is: another turn is another text."""

    def __init__(self, live: LiveTexts, tenant_id: TenantId, watching: AsyncExitStack) -> None:
        self._live = live
        self._tenant_id = tenant_id
        self._watching = watching
        self._turn_id: UUID | None = None
        self._viewer = _nothing()

    async def turn(self, turn_id: UUID | None) -> Viewer:
        if turn_id != self._turn_id:
            await self._watching.aclose()
            self._turn_id, self._viewer = turn_id, _nothing()
            if turn_id is not None:
                watched = self._live.watched(turn_channel(self._tenant_id, turn_id))
                self._viewer = await self._watching.enter_async_context(watched)
        return self._viewer


def _nothing() -> Viewer:
    return Viewer(LiveText(), asyncio.Event())


def _told(view: _View, recorded: Recorded[Sealed], hidden: frozenset[Any]) -> list[Followed]:
    """Take an event into the view and return what the viewer does not know of it yet."""
    if isinstance(recorded.event, Unreadable):
        return []
    event, version = cast("ConversationEvent", recorded.event), recorded.stream_version
    view.state = evolve(view.state, event)
    if isinstance(event, MessageAsked):
        view.asked_at = version
    if version <= view.place.version:
        return []
    if isinstance(event, TurnStopped):
        view.place = replace(view.place, version=version)  # its words are heard to their end
        return []
    view.place, view.again = Place(version), None
    found: list[Followed] = []
    if (shown := message(recorded, hidden)) is not None:
        found.append(Followed("message", view.place, message_model(shown).model_dump(mode="json")))
    if isinstance(event, MessageAnswered | TurnUndone):
        kind = "done" if isinstance(event, MessageAnswered) else "undone"
        found.append(Followed(kind, view.place, {"turn_id": str(event.turn_id)}))
    return found


def _delta(view: _View, live: LiveText) -> Followed | None:
    """Return the words that the viewer does not have yet; one that comes back may have them of another try."""
    turn_id: UUID | None = view.state.running
    if turn_id is None or view.place.version < view.asked_at:
        return None
    again, text = live.again, live.text
    # After a crash the model may say it in other words: all that there is replaces what the viewer has.
    start = view.place.characters if view.again == again and view.place.characters <= len(text) else 0
    if len(text) <= start:
        return None
    view.again = again
    view.place = Place(view.place.version, len(text))
    return Followed("delta", view.place, {"turn_id": str(turn_id), "start": start, "text": text[start:]})


async def _first_of(growth: asyncio.Task[None], changed: asyncio.Event) -> None:
    told = asyncio.create_task(changed.wait(), context=Context())
    try:
        await asyncio.wait({growth, told}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()


async def _awaited(waiting: Awaitable[None]) -> None:
    await waiting
