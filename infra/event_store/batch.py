"""Appends as the parallel arrays that log.append takes, and its answer as outcomes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from infra.event_store.binary_arrays import BinaryArray, bigints, booleans, byteas, integers, texts, uuids
from infra.event_store.sealing import SealedSegment

APPEND = (
    "SELECT * FROM log.append(%b::text[], %b::text[], %b::bytea[], %b::boolean[], %b::int[], %b::uuid[], "
    "%b::int[], %b::int[], %b::bigint[], "
    "%b::int[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[], "
    "%b::int[], %b::text[], %b::uuid[], %b::bytea[])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEvent:
    """One event, ready to be written."""

    event_id: UUID
    name: str
    occurred_at: datetime
    metadata: Mapping[str, str]
    segments: Sequence[SealedSegment]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWrite:
    stream_id: UUID
    expected_version: int | None
    events: Sequence[SealedEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendItem:
    """One caller's append: all of its streams or none."""

    tenant_id: UUID
    signed_context: str
    idempotency_key: str | None
    command_hash: bytes | None
    writes: Sequence[SealedWrite]

    @property
    def idempotency_place(self) -> tuple[UUID, str] | None:
        """Where its receipt is kept for repetitions, if it is."""
        return None if self.idempotency_key is None else (self.tenant_id, self.idempotency_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an item: log.append's word for it, the position, and each stream with the version it is at."""

    outcome: str
    position: int | None
    streams: tuple[tuple[UUID, int], ...]


class _Columns:
    """The arrays of log.append, filled item by item."""

    def __init__(self) -> None:
        self.contexts: list[str] = []
        self.keys: list[str | None] = []
        self.hashes: list[bytes | None] = []
        self.slot_items: list[int] = []
        self.slot_streams: list[bytes] = []
        self.write_items: list[int] = []
        self.write_slots: list[int] = []
        self.expected: list[int | None] = []
        self.event_writes: list[int] = []
        self.event_ids: list[bytes] = []
        self.names: list[str] = []
        self.occurred: list[str] = []
        self.metadata: list[str] = []
        self.segments: list[str] = []
        self.payload_events: list[int] = []
        self.payload_segments: list[str] = []
        self.payload_keys: list[bytes] = []
        self.ciphertexts: list[bytes] = []

    def encoded(self, *, resubmitted: bool) -> list[BinaryArray]:
        return [
            texts(self.contexts),
            texts(self.keys),
            byteas(self.hashes),
            booleans([resubmitted] * len(self.contexts)),
            integers(self.slot_items),
            uuids(self.slot_streams),
            integers(self.write_items),
            integers(self.write_slots),
            bigints(self.expected),
            integers(self.event_writes),
            uuids(self.event_ids),
            texts(self.names),
            texts(self.occurred),
            texts(self.metadata),
            texts(self.segments),
            integers(self.payload_events),
            texts(self.payload_segments),
            uuids(self.payload_keys),
            byteas(self.ciphertexts),
        ]


def parameters(items: Sequence[AppendItem], *, resubmitted: bool = False) -> list[BinaryArray]:
    """
    Return log.append's arguments for a batch; an idempotency key may be in it once.

    Resubmitted items answer `recorded` when their events are in the log already.
    """
    columns = _Columns()
    slots: dict[bytes, int] = {}
    for number, item in enumerate(items, start=1):
        columns.contexts.append(item.signed_context)
        columns.keys.append(item.idempotency_key)
        columns.hashes.append(item.command_hash)
        for write in item.writes:
            stream = write.stream_id.bytes
            place = item.tenant_id.bytes + stream
            if (slot := slots.get(place)) is None:
                slots[place] = slot = len(slots) + 1
                columns.slot_items.append(number)
                columns.slot_streams.append(stream)
            columns.write_items.append(number)
            columns.write_slots.append(slot)
            columns.expected.append(write.expected_version)
            for event in write.events:
                _add_event(columns, event)
    return columns.encoded(resubmitted=resubmitted)


def _add_event(columns: _Columns, event: SealedEvent) -> None:
    columns.event_writes.append(len(columns.write_items))
    columns.event_ids.append(event.event_id.bytes)
    columns.names.append(event.name)
    columns.occurred.append(canonical_time(event.occurred_at))
    columns.metadata.append(canonical_json(event.metadata))
    columns.segments.append(f"[{','.join(map(_described, event.segments))}]")
    for segment in event.segments:
        columns.payload_events.append(len(columns.event_ids))
        columns.payload_segments.append(segment.name)
        columns.payload_keys.append(segment.key_id.bytes)
        columns.ciphertexts.append(segment.ciphertext)


def _described(segment: SealedSegment) -> str:
    # Canonical JSON by hand: names are words of ours, the rest is hexadecimal.
    return f'{{"commitment":"{segment.commitment.hex()}","key_id":"{segment.key_id}","name":"{segment.name}"}}'


Row = tuple[list[str], list[int | None], list[int], list[UUID | None], list[int | None]]


def outcomes(items: Sequence[AppendItem], row: Row) -> list[Outcome]:
    """Return what log.append answered: one outcome an item, in the items' order."""
    words, positions, versions, earlier_streams, earlier_versions = row
    answered = []
    of_write = iter(versions)
    for item, word, position, stream, version in zip(
        items, words, positions, earlier_streams, earlier_versions, strict=True
    ):
        stands = [(write, next(of_write)) for write in item.writes]
        if stream is not None and version is not None:
            streams: Sequence[tuple[UUID, int]] = ((stream, version),)
        elif word == "conflict":
            streams = [(w.stream_id, at) for w, at in stands if w.expected_version not in {None, at}]
        else:
            streams = [(w.stream_id, at) for w, at in stands]
        answered.append(Outcome(outcome=word, position=position, streams=tuple(streams)))
    return answered


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)
_QUICKER = msgspec.json.Encoder(order="sorted")
_ESCAPED = re.compile(rb"[^ -\[\]-~]")


def canonical_json(value: object) -> str:
    """RFC 8785 for what envelopes hold: sorted keys, no white space, ASCII text, no floats."""
    encoded = _QUICKER.encode(value)
    # Where something needs escaping the two differ in how, and the slower one is the rule.
    return encoded.decode() if _ESCAPED.search(encoded) is None else _CANONICAL.encode(value)


def canonical_time(moment: datetime) -> str:
    """UTC with microseconds, as the leaf spells it and PostgreSQL stores it."""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='microseconds')[:-_UTC_OFFSET_LENGTH]}Z"


_UTC_OFFSET_LENGTH = len("+00:00")
