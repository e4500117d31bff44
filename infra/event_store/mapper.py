"""Domain events to what the log stores and back: the library's Mapper, with our names, segments, seals and upcasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, TypeVar, cast
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, Notification, StoredEvent, Transcoder
from uuid_utils.compat import uuid7

from domain.catalogue import EVENTS, NAMES, UPCASTS, Upcast
from domain.recorded import OF_A_LATER_VERSION, WAS_ERASED, Unreadable
from domain.sealed import KeyRef, Sealed
from infra.event_store.sealing import DEFLATE, DataKey, SealedSegment, SegmentAddress, seal, unseal
from infra.event_store.segments import CONTENT, PERSONAL, OpenSegment, join, split, with_erased

Wanted_contra = TypeVar("Wanted_contra", contravariant=True)


class Keys(Protocol[Wanted_contra]):
    """Where the Mapper takes keys from: what was fetched for it."""

    def get(self, wanted: Wanted_contra, /) -> DataKey | None: ...


NO_KEYS: Final[Mapping[Any, DataKey]] = {}


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event with its place in its stream, as the library's Mapper wants it."""

    originator_id: UUID
    originator_version: int
    event: Sealed | Unreadable


@dataclass(frozen=True)
class SealedStoredEvent(StoredEvent):
    """A stored event in its segments, of which `state` is the first; what was erased has no ciphertext."""

    event_id: UUID
    segments: tuple[SealedSegment, ...]


@dataclass(frozen=True)
class SealedNotification(SealedStoredEvent, Notification):
    """The same with its position in the log."""


class JSONPayload(Transcoder):
    """Payloads as JSON that an auditor can read without software of ours: bytes in base64, times in ISO 8601."""

    _encoder = msgspec.json.Encoder(order="deterministic")

    def encode(self, obj: object) -> bytes:
        return self._encoder.encode(obj)

    def decode(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


@dataclass(frozen=True, slots=True)
class Language:
    """Which events there are, under names of ours and never module paths, and how former ones became them."""

    events: Mapping[str, type[Sealed]]
    names: Mapping[type[Sealed], str]
    upcasts: Mapping[str, Upcast]


PUBLISHED: Final = Language(EVENTS, NAMES, UPCASTS)


class EventMapper(Mapper[UUID]):
    """
    The one place where an event takes its stored form: transcode, split by key, commit, compress, encrypt.

    Reading goes the other way: decrypt, decompress, check the commitment, join, upcast. It waits for nothing: the keys
    were fetched before, `sealing` by whose they are, `opening` by id; what `opening` does not hold was erased.
    """

    def __init__(
        self,
        tenant_id: UUID,
        *,
        sealing: Keys[KeyRef] = NO_KEYS,
        opening: Keys[UUID] = NO_KEYS,
        language: Language = PUBLISHED,
    ) -> None:
        super().__init__(_JSON, DEFLATE)
        self._tenant_id = tenant_id
        self._sealing = sealing
        self._opening = opening
        self._language = language

    def to_stored_event(self, domain_event: Any) -> SealedStoredEvent:
        """Return the sealed form of a PlacedEvent."""
        placed = cast("PlacedEvent", domain_event)
        return self.sealed(placed, self.split(cast("Sealed", placed.event)))

    def split(self, event: Sealed) -> tuple[OpenSegment, ...]:
        """Transcode, and split by whose key will seal it."""
        return split(event, self._tenant_id, self.transcoder.encode)

    def sealed(self, placed: PlacedEvent, segments: tuple[OpenSegment, ...]) -> SealedStoredEvent:
        """Seal what was split."""
        event_id = uuid7()
        sealed = tuple(
            seal(SegmentAddress(self._tenant_id, event_id, s.name), s.plaintext, self._key(s.key), DEFLATE)
            for s in segments
        )
        return SealedStoredEvent(
            originator_id=placed.originator_id,
            originator_version=placed.originator_version,
            topic=self._language.names[cast("type[Sealed]", type(placed.event))],
            state=sealed[0].ciphertext,
            event_id=event_id,
            segments=sealed,
        )

    def _key(self, ref: KeyRef) -> DataKey:
        key = self._sealing.get(ref)
        assert key is not None, "keys are fetched before"
        return key

    def to_domain_event(self, stored_event: StoredEvent) -> PlacedEvent:
        """Return the PlacedEvent of a SealedStoredEvent; Unreadable when it was erased or a later version wrote it."""
        stored = cast("SealedStoredEvent", stored_event)
        event = self.opened(stored.event_id, stored.topic, stored.segments)
        return PlacedEvent(cast("UUID", stored.originator_id), stored.originator_version, event)

    def opened(self, event_id: UUID, name: str, segments: tuple[SealedSegment, ...]) -> Sealed | Unreadable:
        """Return what was sealed."""
        opened = {
            s.name: unseal(SegmentAddress(self._tenant_id, event_id, s.name), s, key, DEFLATE)
            for s in segments
            if s.ciphertext and (key := self._opening.get(s.key_id)) is not None
        }
        return self._event(name, opened, personal_erased=len(opened) < len(segments))

    def _event(self, name: str, opened: Mapping[str, bytes], *, personal_erased: bool) -> Sealed | Unreadable:
        current: Any = self._language.events.get(name)
        if current is None and name not in self._language.upcasts:
            return Unreadable(name, OF_A_LATER_VERSION)
        if CONTENT not in opened:
            return Unreadable(name, WAS_ERASED)
        if current is not None and PERSONAL not in opened and not personal_erased:
            return _decoder(current).decode(opened[CONTENT])
        payload = join(opened, personal_erased=personal_erased)
        while name in self._language.upcasts:
            name, lift = self._language.upcasts[name]
            payload = lift(payload)
        event_type = self._language.events[name]
        return msgspec.convert(with_erased(payload, event_type) if personal_erased else payload, event_type)


_JSON: Final = JSONPayload()


@cache
def _decoder(event_type: Any) -> msgspec.json.Decoder[Sealed]:
    return msgspec.json.Decoder(event_type)
