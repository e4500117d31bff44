"""One tenant's log behind the library's recorder interface: a sync face for threads, over the product's own path."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    DataError,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)
from sqlalchemy.exc import SQLAlchemyError
from uuid_utils.compat import uuid7

from commands.event_log import (
    EVENT_BYTES_MAX,
    AppendTooLarge,
    CommandContext,
    EventTooLarge,
    LogUnavailable,
    VersionConflict,
)
from domain.sealed import KeyRef, KeyScope
from infra import clock
from infra.event_store.batch import SealedWrite
from infra.event_store.growth import GrowthSignals
from infra.event_store.keyring import Keyring
from infra.event_store.log import LAST_POSITION, LAST_VERSION, PostgresEventLog
from infra.event_store.mapper import PUBLISHED, EventMapper, Language, SealedNotification, SealedStoredEvent
from infra.event_store.opaque_states import is_opaque, opened, runs, sealed_state
from infra.event_store.reading import SELECT_EVENTS, Fetched
from infra.event_store.sealing import DataKey
from infra.event_store.write_sealer import in_envelope, metadata_of, require_bytes_fit, require_events_fit
from tenancy.context import TenantContext

POLL_SECONDS: Final = 1.0

_OF_STREAM = (
    "AND e.position = ANY(ARRAY(SELECT x.position FROM log.events x WHERE x.tenant_id = %s AND x.stream_id = %s "
    "AND x.stream_version > %s AND x.stream_version <= %s ORDER BY x.stream_version {0} LIMIT %s)) "
    "ORDER BY e.stream_version {0}, p.segment"
)
_OF_LOG = (
    "AND e.position = ANY(ARRAY(SELECT x.position FROM log.events x WHERE x.tenant_id = %s AND x.position >= %s "
    "AND x.position <= %s AND (%s OR x.name = ANY(%s::text[])) ORDER BY x.position LIMIT %s)) "
    "ORDER BY e.position, p.segment"
)
_NOTIFICATIONS = SELECT_EVENTS + _OF_LOG
_ASCENDING, _DESCENDING = (SELECT_EVENTS + _OF_STREAM.format(order) for order in ("ASC", "DESC"))

T = TypeVar("T")
W_contra = TypeVar("W_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class RunningLog:
    """What a recorder stands on, and the event loop in which it runs."""

    events: PostgresEventLog
    keyring: Keyring
    growth: GrowthSignals
    loop: asyncio.AbstractEventLoop


class TenantAggregateRecorder(AggregateRecorder):
    """
    The streams of one tenant. The library counts versions from 0 here (INITIAL_VERSION = 0), the log from 1.

    Any number of threads may use it, except the loop's own, which would wait for itself.
    """

    def __init__(self, log: RunningLog, context: TenantContext) -> None:
        self._log = log
        self._context = context

    def mapper(self, language: Language = PUBLISHED) -> EventMapper:
        """Return a Mapper for this tenant, which fetches each key when it meets it."""
        return EventMapper(
            self._context.tenant_id, sealing=_OnDemand(self._key), opening=_OnDemand(self._key_by_id), language=language
        )

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all of the events, or none. Raises IntegrityError when a stream is at another version."""
        self._insert(stored_events, kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return events of a stream."""
        after, until = 0 if gt is None else gt + 1, LAST_VERSION if lte is None else lte + 1
        parameters = [self._context.tenant_id, originator_id, after, until, limit]
        return [event for _, event in self._select(_DESCENDING if desc else _ASCENDING, parameters)]

    def _insert(self, stored_events: Sequence[StoredEvent], kwargs: Mapping[str, Any]) -> list[int]:
        # The library passes what it has nothing to say about, too: `tracking=None`.
        if beside := [name for name, value in kwargs.items() if value is not None]:
            raise ProgrammingError(f"Nothing can be recorded beside events: {', '.join(beside)}.")
        if not stored_events:
            return []
        command = CommandContext(tenant=self._context, command_id=uuid7(), now=clock.now())
        try:
            require_events_fit(len(stored_events))
            require_bytes_fit([len(event.state) for event in stored_events], EVENT_BYTES_MAX)
            receipt = self._wait(self._log.events.append_sealed(self._writes(stored_events, command), command))
        except VersionConflict as error:
            raise IntegrityError(f"The stream is at version {error.actual_version - 1}.") from error
        except (EventTooLarge, AppendTooLarge) as error:
            raise DataError(str(error)) from error
        return list(range(receipt.position - len(stored_events) + 1, receipt.position + 1))

    def _writes(self, stored_events: Sequence[StoredEvent], command: CommandContext) -> list[SealedWrite]:
        metadata, tenant_id = metadata_of(command), self._context.tenant_id
        key = self._key(KeyRef(KeyScope.TENANT, tenant_id))
        sealed = [
            event if isinstance(event, SealedStoredEvent) else sealed_state(event, tenant_id, key)
            for event in stored_events
        ]
        return [
            SealedWrite(
                stream_id=stream_id,
                expected_version=expected_version,
                events=[in_envelope(event, command.now, metadata) for event in run],
            )
            for stream_id, expected_version, run in runs(sealed)
        ]

    def _select(self, query: str, parameters: Sequence[object]) -> list[tuple[int, StoredEvent]]:
        """Return positions and events."""
        fetched, keys = self._wait(self._fetched(query, parameters))
        return [(event.row["position"], opened(event, self._context.tenant_id, keys)) for event in fetched]

    async def _fetched(
        self, query: str, parameters: Sequence[object]
    ) -> tuple[Sequence[Fetched], Mapping[UUID, DataKey]]:
        fetched = await self._log.events.stored(self._context, query, parameters)
        ids = {segment.key_id for event in fetched if is_opaque(event) for segment in event.segments}
        return fetched, await self._log.keyring.keys_by_id(self._context, ids) if ids else {}

    def _key(self, ref: KeyRef) -> DataKey:
        return self._wait(self._log.keyring.keys_for(self._context, [ref]))[ref]

    def _key_by_id(self, key_id: UUID) -> DataKey | None:
        return self._wait(self._log.keyring.keys_by_id(self._context, [key_id])).get(key_id)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        if _is_running_here(self._log.loop):
            work.close()
            raise ProgrammingError("The event loop's own thread would wait for itself.")
        try:
            return asyncio.run_coroutine_threadsafe(work, self._log.loop).result()
        except (LogUnavailable, SQLAlchemyError) as error:
            raise OperationalError(type(error).__name__) from error


class TenantRecorder(TenantAggregateRecorder, ApplicationRecorder):
    """The same with the tenant's whole log in its order; a notification's id is its position."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all of the events, or none, and return their positions."""
        return self._insert(stored_events, kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events of the log from a position on; whoever has seen a position has missed nothing before it."""
        first = (start or 0) if inclusive_of_start else (start or 0) + 1
        until = LAST_POSITION if stop is None else stop
        parameters = [self._context.tenant_id, first, until, not topics, list(topics), limit]
        return [_notification(position, event) for position, event in self._select(_NOTIFICATIONS, parameters)]

    def max_notification_id(self) -> int | None:
        """Return the position of the last event; None before the first."""
        return self._wait(self._log.events.head(self._context)) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LogSubscription":
        """Return the events after a position, and then each as it is appended, by whatever process."""
        return LogSubscription(self, gt, topics)

    def watch(self, grown: Callable[[], None]) -> "Future[None]":
        """Call `grown` whenever the log may have grown, until the future is cancelled."""
        return asyncio.run_coroutine_threadsafe(self._watch(grown), self._log.loop)

    async def _watch(self, grown: Callable[[], None]) -> None:
        while True:
            await self._log.growth.wait_for_growth(self._context.tenant_id, seconds_max=POLL_SECONDS)
            grown()


class LogSubscription(ListenNotifySubscription[TenantRecorder]):
    """Woken by the announcer, or by a look once a second when it could not be heard."""

    def __init__(self, recorder: TenantRecorder, gt: int | None, topics: Sequence[str]) -> None:
        self._watching: Future[None] | None = None
        super().__init__(recorder, gt, topics)
        self._watching = recorder.watch(self._has_been_notified.set)
        if self._has_been_stopped:
            self._watching.cancel()

    def stop(self) -> None:
        super().stop()
        if self._watching is not None:
            self._watching.cancel()


@dataclass(frozen=True, slots=True)
class _OnDemand(Generic[W_contra]):
    """Keys for a Mapper whose events nobody has seen before."""

    fetch: Callable[[W_contra], DataKey | None]

    def get(self, wanted: W_contra, /) -> DataKey | None:
        return self.fetch(wanted)


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _notification(position: int, event: StoredEvent) -> Notification:
    place = (event.originator_id, event.originator_version, event.topic, event.state, position)
    if isinstance(event, SealedStoredEvent):
        return SealedNotification(*place, event.event_id, event.segments)
    return Notification(*place)
