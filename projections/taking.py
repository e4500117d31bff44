"""A projection takes a batch: what it handles, of streams that do not wait; what fails is buried."""

from collections.abc import Sequence

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import StreamId
from domain.recorded import Recorded, Unreadable
from domain.sealed import Sealed
from projections import dead_letters
from projections.projector import Projector

UNREACHABLE = (OperationalError, InterfaceError)
_TOO_MUCH = "54"
"""PostgreSQL's class for limits of its own, such as the longest text it can search: that is the event's doing."""

log = structlog.get_logger()


def wanted(
    projector: Projector, events: Sequence[Recorded[Sealed]], halted: dict[StreamId, int]
) -> list[Recorded[Sealed]]:
    """Return what the projector takes: its event types, readable, of streams that do not wait."""
    handles = projector.handles
    return [
        event
        for event in events
        if type(event.event) in handles
        and not isinstance(event.event, Unreadable)
        and (not halted or event.stream_id not in halted)
    ]


async def take(
    transaction: AsyncConnection, projector: Projector, events: Sequence[Recorded[Sealed]], halted: dict[StreamId, int]
) -> None:
    """Apply a batch; when it fails, event by event, and what fails alone halts its stream from there on."""
    if await _applied(transaction, projector, wanted(projector, events, halted)) is None:
        return
    for event in events:
        error = await _applied(transaction, projector, wanted(projector, [event], halted))
        if error is not None:
            log.warning("projection.event_buried", projection=projector.name, position=event.position)
            await dead_letters.bury(transaction, projector, event, error)
            halted[event.stream_id] = event.position


async def _applied(
    transaction: AsyncConnection, projector: Projector, events: Sequence[Recorded[Sealed]]
) -> Exception | None:
    """Apply, or leave no trace and return why not. A database that fails is nobody's poison: that is raised."""
    if not events:
        return None
    try:
        async with transaction.begin_nested():
            await projector.apply(events, transaction)
    except UNREACHABLE as error:
        if not str(getattr(error.orig, "sqlstate", "")).startswith(_TOO_MUCH):
            raise
        log.warning("projection.batch_failed", projection=projector.name, error=type(error).__name__)
        return error
    except Exception as error:  # noqa: BLE001  # a projector may fail in any way
        log.warning("projection.batch_failed", projection=projector.name, error=type(error).__name__)
        return error
    return None
