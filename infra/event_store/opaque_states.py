"""Events whose state is the library's business: sealed whole, under the tenant's key, under names that are not ours."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

from eventsourcing.persistence import IntegrityError, ProgrammingError, StoredEvent
from uuid_utils.compat import uuid7

from domain.catalogue import EVENTS
from infra.event_store.mapper import SealedStoredEvent
from infra.event_store.reading import Fetched, stored
from infra.event_store.sealing import DataKey, SegmentAddress, seal, unseal

STATE: Final = "state"
"""The one segment of such an event; events of ours have `content` and `personal`."""

TOPIC: Final = re.compile(r"(?=.{1,200}\Z)[a-z0-9_-]+(\.[a-z0-9_-]+)*")
"""What the table takes for a name; `module:qualname`, the library's default, would tie history to a file's place."""


def sealed_state(event: StoredEvent, tenant_id: UUID, key: DataKey) -> SealedStoredEvent:
    """Return the event sealed. Raises ProgrammingError for a topic that the log does not take."""
    if not TOPIC.fullmatch(event.topic) or event.topic in EVENTS:
        raise ProgrammingError(f"A topic is lower-case words joined by dots, none of our names: {event.topic!r}.")
    event_id = uuid7()
    segment = seal(SegmentAddress(tenant_id, event_id, STATE), event.state, key)
    return SealedStoredEvent(
        event.originator_id, event.originator_version, event.topic, segment.ciphertext, event_id, (segment,)
    )


def is_opaque(fetched: Fetched) -> bool:
    return fetched.segments[0].name == STATE


def opened(fetched: Fetched, tenant_id: UUID, keys: Mapping[UUID, DataKey]) -> StoredEvent:
    """Return the event with its state, which is empty when it was erased; what our Mapper sealed stays sealed."""
    event = stored(fetched)
    if not is_opaque(fetched):
        return event
    (segment,) = fetched.segments
    key = keys.get(segment.key_id) if segment.ciphertext else None
    state = b"" if key is None else unseal(SegmentAddress(tenant_id, event.event_id, STATE), segment, key)
    return StoredEvent(event.originator_id, event.originator_version, event.topic, state)


def runs(events: Sequence[SealedStoredEvent]) -> list[tuple[UUID, int | None, list[SealedStoredEvent]]]:
    """
    Return the events in their order as writes: stream, the version it is expected at, events.

    A stream is asserted where it is first written. Raises IntegrityError when its versions do not follow one another.
    """
    found: list[tuple[UUID, int | None, list[SealedStoredEvent]]] = []
    following: dict[UUID, int] = {}
    for stream_id, of_run in groupby(events, attrgetter("originator_id")):
        run = list(of_run)
        if not isinstance(stream_id, UUID):
            raise ProgrammingError("Streams have UUIDs.")
        expected = None if stream_id in following else run[0].originator_version
        for event in run:
            if following.setdefault(stream_id, event.originator_version) != event.originator_version:
                raise IntegrityError(f"Version {event.originator_version} does not follow in its stream.")
            following[stream_id] += 1
        found.append((stream_id, expected, run))
    return found
