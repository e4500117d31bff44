"""Domain events to stored events and back: names of our own, JSON payloads, upcasts; the library's Mapper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from domain.catalogue import EVENTS, NAMES, UPCASTS, Upcast
from domain.recorded import Unreadable
from domain.sealed import Sealed


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event with its place in its stream, as the library's Mapper wants it."""

    originator_id: UUID
    originator_version: int
    event: Sealed | Unreadable


class JSONPayload(Transcoder):
    """Payloads as JSON that an auditor can read without software of ours: bytes in base64, times in ISO 8601."""

    def encode(self, obj: object) -> bytes:
        return msgspec.json.encode(obj, order="deterministic")

    def decode(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


class EventMapper(Mapper[UUID]):
    """Stores events under catalogue names, never module paths, and lifts former versions to the current one."""

    def __init__(
        self,
        events: Mapping[str, type[Sealed]] = EVENTS,
        names: Mapping[type[Sealed], str] = NAMES,
        upcasts: Mapping[str, Upcast] = UPCASTS,
    ) -> None:
        super().__init__(JSONPayload())
        self._events = events
        self._names = names
        self._upcasts = upcasts

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return the stored form of a PlacedEvent."""
        placed = cast("PlacedEvent", domain_event)
        return StoredEvent(
            originator_id=placed.originator_id,
            originator_version=placed.originator_version,
            topic=self._names[cast("type[Sealed]", type(placed.event))],
            state=self.transcoder.encode(placed.event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the PlacedEvent; its event is Unreadable when a later version of Colophon wrote it."""
        name, payload = stored_event.topic, self.transcoder.decode(stored_event.state)
        while name in self._upcasts:
            name, lift = self._upcasts[name]
            payload = lift(payload)
        event_type = self._events.get(name)
        event = (
            Unreadable(name, "written by a later version")
            if event_type is None
            else msgspec.convert(payload, event_type)
        )
        return PlacedEvent(cast("UUID", stored_event.originator_id), stored_event.originator_version, event)
