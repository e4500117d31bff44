"""What the operator may do with a tenant: another plan, suspension, resumption."""

from collections.abc import Sequence

from domain.directory.decisions import one_line
from domain.directory.events import (
    TenantKeyRotated,
    TenantOpened,
    TenantPlanChanged,
    TenantResumed,
    TenantSuspended,
)
from domain.directory.plans import require_plan


def change_plan(past: Sequence[object], *, plan: str) -> Sequence[TenantPlanChanged]:
    """Put it on another plan; the one that it has changes nothing. Raises UnknownPlan."""
    require_plan(plan)
    former = [event.plan for event in past if isinstance(event, TenantOpened | TenantPlanChanged)][-1]
    return [] if plan == former else [TenantPlanChanged(plan=plan, former=former)]


def suspend(past: Sequence[object], *, reason: str) -> Sequence[TenantSuspended]:
    """Shut it; a second time changes nothing."""
    return [] if _is_suspended(past) else [TenantSuspended(reason=one_line("reason", reason))]


def resume(past: Sequence[object]) -> Sequence[TenantResumed]:
    """Open it again; one that is open stays as it is."""
    return [TenantResumed()] if _is_suspended(past) else []


def begin_epoch(past: Sequence[object], *, epoch: int) -> Sequence[TenantKeyRotated]:
    """Wrap its keys by the epoch's; an epoch begins once."""
    begun = any(isinstance(event, TenantKeyRotated) and event.epoch == epoch for event in past)
    return [] if begun else [TenantKeyRotated(epoch=epoch)]


def _is_suspended(past: Sequence[object]) -> bool:
    turns = [event for event in past if isinstance(event, TenantSuspended | TenantResumed)]
    return bool(turns) and isinstance(turns[-1], TenantSuspended)
