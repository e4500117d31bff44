"""An event as the log hands it back: the fact and everything known about its recording."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from domain.actor import Actor
from domain.ids import EventId, StreamId, TenantId

E_co = TypeVar("E_co", covariant=True)

WAS_ERASED = "erased"
OF_A_LATER_VERSION = "written by a later version"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for an event whose content was erased or whose name this version does not know."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[E_co]):
    """One event of one tenant's log; `position` is gapless and in commit order, `recorded_at` never decreases."""

    tenant_id: TenantId
    position: int
    stream_id: StreamId
    stream_version: int
    event_id: EventId
    name: str
    actor: Actor
    occurred_at: datetime
    recorded_at: datetime
    metadata: Mapping[str, str]
    event: E_co | Unreadable
