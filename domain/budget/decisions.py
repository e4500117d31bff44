"""When a budget's threshold is told, and what a reset forgives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.budget.events import BudgetEvent, BudgetReset, BudgetThresholdReached
from domain.errors import Invalid
from domain.free_text import is_clean_line
from domain.ids import StreamId, TenantId

THRESHOLDS_PERCENT: Final = (50, 80, 100)
REASON_CHARACTERS_MAX: Final = 500


class ResetRefused(Invalid):
    """A reset of a budget has a reason of 1 to 500 characters."""

    code: ClassVar = "budget.reset_refused"

    def __init__(self) -> None:
        super().__init__(f"Give a reason of 1 to {REASON_CHARACTERS_MAX} characters.")

    def facts(self) -> dict[str, object]:
        return {"reason_characters_max": REASON_CHARACTERS_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPeriod:
    """One budget in one period and currency."""

    scope: str
    owner_id: UUID
    period: str
    currency: str

    def stream_in(self, tenant_id: TenantId) -> StreamId:
        """Return the stream of what happens to it."""
        return StreamId(uuid5(tenant_id, f"budget/{self.currency}/{self.scope}/{self.owner_id}/{self.period}"))


def threshold_of(spent_micros: int, limit_micros: int) -> int:
    """Return the highest threshold that is reached; 0 for none. A limit of nothing has none."""
    if limit_micros <= 0:
        return 0
    return max((percent for percent in THRESHOLDS_PERCENT if spent_micros * 100 >= limit_micros * percent), default=0)


def forgiven_in(past: Sequence[object]) -> int:
    """Return what no longer counts."""
    return max((event.forgiven_micros for event in past if isinstance(event, BudgetReset)), default=0)


def tell(
    past: Sequence[object],
    budget: BudgetPeriod,
    *,
    spent_micros: int,
    forgiven_micros: int,
    limit_micros: int,
    threshold_percent: int,
) -> Sequence[BudgetEvent]:
    """Tell the thresholds up to this one that were not told since the last reset; who has not seen it tells nothing."""
    if forgiven_micros != forgiven_in(past):
        return []
    resets = [number for number, event in enumerate(past) if isinstance(event, BudgetReset)]
    since = past[resets[-1] + 1 :] if resets else past
    told = {event.threshold_percent for event in since if isinstance(event, BudgetThresholdReached)}
    return [
        BudgetThresholdReached(
            scope=budget.scope,
            owner_id=budget.owner_id,
            period=budget.period,
            currency=budget.currency,
            threshold_percent=percent,
            limit_micros=limit_micros,
            spent_micros=spent_micros - forgiven_micros,
        )
        for percent in THRESHOLDS_PERCENT
        if percent <= threshold_percent and percent not in told
    ]


def reset(past: Sequence[object], budget: BudgetPeriod, *, spent_micros: int, reason: str) -> Sequence[BudgetEvent]:
    """Forgive what was spent so far; where nothing was since the last time, nothing changes. Raises ResetRefused."""
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_CHARACTERS_MAX or not is_clean_line(reason):
        raise ResetRefused
    if spent_micros <= forgiven_in(past):
        return []
    return [
        BudgetReset(
            scope=budget.scope,
            owner_id=budget.owner_id,
            period=budget.period,
            currency=budget.currency,
            forgiven_micros=spent_micros,
            reason=reason,
        )
    ]
