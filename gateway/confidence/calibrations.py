"""What this process has learnt, by tenant: read by every call, replaced whole in the background."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.ids import TenantId
from gateway.confidence.calibration import LABELLED_MIN, Calibration
from gateway.confidence.replaying import Replayed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Task:
    """What answers are compared by: those of another model or to another version of the prompt say nothing."""

    purpose: str
    template: str
    template_version: int
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Of one task: how many answers are labelled, how many of them good, and what was learnt if they are enough."""

    labelled: int
    good: int
    calibration: Calibration | None

    @property
    def missing(self) -> int:
        """Return how many more labelled answers it takes at least."""
        return 0 if self.calibration is not None else max(1, LABELLED_MIN - self.labelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One tenant's, as of the last rating that it was made from."""

    tasks: Mapping[Task, Learnt]
    position: int
    made_at: datetime


@dataclass(slots=True)
class Calibrations:
    """`asked_for` are tenants whose calls were judged, or would be: whose ratings are looked at again."""

    _snapshots: dict[TenantId, Snapshot] = field(default_factory=dict)
    asked_for: set[TenantId] = field(default_factory=set)

    def known(self, tenant_id: TenantId) -> Snapshot | None:
        return self._snapshots.get(tenant_id)

    def learnt(self, tenant_id: TenantId, task: Task) -> Learnt:
        """Return what a call is judged by, which may be nothing yet."""
        self.asked_for.add(tenant_id)
        snapshot = self.known(tenant_id)
        known = None if snapshot is None else snapshot.tasks.get(task)
        return known or Learnt(labelled=0, good=0, calibration=None)

    def replace(self, tenant_id: TenantId, snapshot: Snapshot) -> None:
        self._snapshots[tenant_id] = snapshot


class Learning(Protocol):
    """Makes snapshots of what people rated; never within a call."""

    async def looked_up(self, context: TenantContext) -> Snapshot:
        """Return the tenant's snapshot as of its last rating, for whoever looks at it."""
        ...

    async def replayed(self, context: TenantContext, threshold: float) -> Mapping[Task, Replayed]:
        """Return what this threshold would have made of the tenant's own rated calls, by task."""
        ...
