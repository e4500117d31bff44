"""Appends as the parallel arrays that log.append takes, and its rows as outcomes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from infra.event_store.sealing import SealedSegment

APPEND = (
    "SELECT item, outcome, last_position, stream, version FROM log.append("
    "%b::text[], %b::text[], %b::bytea[], %b::int[], %b::int[], %b::uuid[], %b::bigint[], "
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an item: the word, the position, and each stream with the version it is at."""

    outcome: str
    position: int | None
    streams: tuple[tuple[UUID, int], ...]


@dataclass(slots=True)
class _Columns:
    """The arrays, in the order of log.append's parameters."""

    contexts: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    hashes: list[bytes | None] = field(default_factory=list)
    stream_items: list[int] = field(default_factory=list)
    stream_slots: list[int] = field(default_factory=list)
    stream_ids: list[UUID] = field(default_factory=list)
    expected: list[int | None] = field(default_factory=list)
    event_streams: list[int] = field(default_factory=list)
    event_ids: list[UUID] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    occurred: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    payload_events: list[int] = field(default_factory=list)
    payload_segments: list[str] = field(default_factory=list)
    payload_keys: list[UUID] = field(default_factory=list)
    ciphertexts: list[bytes] = field(default_factory=list)


def parameters(items: Sequence[AppendItem]) -> list[list[Any]]:
    """Return log.append's arguments for a batch."""
    columns = _Columns()
    slots: dict[tuple[UUID, UUID], int] = {}
    for number, item in enumerate(items, start=1):
        columns.contexts.append(item.signed_context)
        columns.keys.append(item.idempotency_key)
        columns.hashes.append(item.command_hash)
        for write in item.writes:
            columns.stream_items.append(number)
            columns.stream_slots.append(slots.setdefault((item.tenant_id, write.stream_id), len(slots) + 1))
            columns.stream_ids.append(write.stream_id)
            columns.expected.append(write.expected_version)
            for event in write.events:
                _add_event(columns, event)
    return [getattr(columns, name) for name in _Columns.__slots__]


def _add_event(columns: _Columns, event: SealedEvent) -> None:
    columns.event_streams.append(len(columns.stream_ids))
    columns.event_ids.append(event.event_id)
    columns.names.append(event.name)
    columns.occurred.append(canonical_time(event.occurred_at))
    columns.metadata.append(canonical_json(event.metadata))
    columns.segments.append(
        canonical_json(
            [{"commitment": s.commitment.hex(), "key_id": str(s.key_id), "name": s.name} for s in event.segments]
        )
    )
    for segment in event.segments:
        columns.payload_events.append(len(columns.event_ids))
        columns.payload_segments.append(segment.name)
        columns.payload_keys.append(segment.key_id)
        columns.ciphertexts.append(segment.ciphertext)


def outcomes(rows: Sequence[tuple[int, str, int | None, UUID | None, int | None]], count: int) -> Iterator[Outcome]:
    """Return one outcome per item, in the items' order."""
    by_item: dict[int, list[tuple[int, str, int | None, UUID | None, int | None]]] = {}
    for row in rows:
        by_item.setdefault(row[0], []).append(row)
    for number in range(1, count + 1):
        of_item = by_item[number]
        streams = tuple((r[3], r[4]) for r in of_item if r[3] is not None and r[4] is not None)
        yield Outcome(outcome=of_item[0][1], position=of_item[0][2], streams=streams)


def canonical_json(value: object) -> str:
    """RFC 8785 for what envelopes hold: sorted keys, no white space, ASCII text, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical_time(moment: datetime) -> str:
    """UTC with microseconds, as the leaf spells it and PostgreSQL stores it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
