"""What a command wants to write, sealed and ready for the writer, or refused because it is too much."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain

from commands.event_log import (
    APPEND_BYTES_MAX,
    APPEND_EVENTS_MAX,
    AppendTooLarge,
    CommandContext,
    EventTooLarge,
    StreamWrite,
)
from infra.event_store.batch import SealedEvent, SealedWrite
from infra.event_store.keyring import Keyring
from infra.event_store.mapper import EventMapper, PlacedEvent, SealedStoredEvent
from infra.event_store.segments import OpenSegment, keys_of

IN_THREAD_FROM_BYTES = 64 * 1024
"""Compressing and encrypting this much takes milliseconds that the event loop does not have."""

Split = Sequence[Sequence[tuple[OpenSegment, ...]]]


class WriteSealer:
    """Finds the keys of events and hands both to the Mapper."""

    def __init__(self, keyring: Keyring, event_bytes_max: int) -> None:
        self._keyring = keyring
        self._event_bytes_max = event_bytes_max

    async def sealed(self, writes: Sequence[StreamWrite], context: CommandContext) -> list[SealedWrite]:
        """Raises EventTooLarge, AppendTooLarge."""
        tenant_id = context.tenant.tenant_id
        require_events_fit(sum(len(write.events) for write in writes))
        refs = {ref for write in writes for event in write.events for ref in keys_of(event, tenant_id) if ref}
        keys = await self._keyring.keys_for(context.tenant, refs) if refs else {}
        mapper = EventMapper(tenant_id, sealing=keys)
        split = [[mapper.split(event) for event in write.events] for write in writes]
        sizes = [sum(len(segment.plaintext) for segment in event) for event in chain.from_iterable(split)]
        require_bytes_fit(sizes, self._event_bytes_max)
        if sum(sizes) >= IN_THREAD_FROM_BYTES:
            return await asyncio.to_thread(_sealed, writes, split, mapper, context)
        return _sealed(writes, split, mapper, context)


def require_events_fit(count: int) -> None:
    """Raise AppendTooLarge for more events than one append may have."""
    if count > APPEND_EVENTS_MAX:
        raise AppendTooLarge


def require_bytes_fit(event_sizes_bytes: Sequence[int], event_bytes_max: int) -> None:
    """Raise EventTooLarge or AppendTooLarge."""
    if any(size > event_bytes_max for size in event_sizes_bytes):
        raise EventTooLarge(event_bytes_max)
    if sum(event_sizes_bytes) > APPEND_BYTES_MAX:
        raise AppendTooLarge


def _sealed(
    writes: Sequence[StreamWrite], split: Split, mapper: EventMapper, context: CommandContext
) -> list[SealedWrite]:
    metadata = metadata_of(context)
    return [
        SealedWrite(
            stream_id=write.stream_id,
            expected_version=write.expected_version,
            events=[
                in_envelope(mapper.sealed(PlacedEvent(write.stream_id, 0, event), segments), context.now, metadata)
                for event, segments in zip(write.events, of_write, strict=True)
            ],
        )
        for write, of_write in zip(writes, split, strict=True)
    ]


def metadata_of(context: CommandContext) -> dict[str, str]:
    """Return what an envelope says of the command."""
    return {"command_id": str(context.command_id), "request_id": context.tenant.request_id}


def in_envelope(stored: SealedStoredEvent, occurred_at: datetime, metadata: Mapping[str, str]) -> SealedEvent:
    """Return the stored event with what the log writes beside it."""
    return SealedEvent(
        event_id=stored.event_id,
        name=stored.topic,
        occurred_at=occurred_at,
        metadata=metadata,
        segments=stored.segments,
    )
