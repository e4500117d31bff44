"""Which budgets a call draws on, and the port of whoever counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.ids import CallId
from tenancy.context import TenantContext
from tenancy.policies import Policy


class BudgetScope(StrEnum):
    """Whose money and for how long."""

    MEMBER_DAY = "member_day"
    TENANT_DAY = "tenant_day"
    TENANT_MONTH = "tenant_month"


SETTING_OF: Mapping[BudgetScope, str] = {
    BudgetScope.MEMBER_DAY: "ai.member_day_micros",
    BudgetScope.TENANT_DAY: "ai.tenant_day_micros",
    BudgetScope.TENANT_MONTH: "ai.tenant_month_micros",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """One budget in one period: `period` is its first day in UTC, as 2026-11-21, or its month, as 2026-11."""

    scope: BudgetScope
    owner_id: UUID
    period: str
    limit_micros: int
    resets_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a line stands."""

    line: BudgetLine
    spent_micros: int
    reserved_micros: int

    @property
    def remaining_micros(self) -> int:
        return max(0, self.line.limit_micros - self.spent_micros - self.reserved_micros)


class Budgets(Protocol):
    """Counts strictly: what was granted is never more than what was left of every line."""

    def refuse_exhausted(self, context: TenantContext, lines: Sequence[BudgetLine]) -> None:
        """Raise BudgetExceeded when a line is known to be spent to its end; asks nobody, so it may not know."""
        ...

    async def hold(
        self,
        call_id: CallId,
        context: TenantContext,
        lines: Sequence[BudgetLine],
        *,
        wanted_micros: int,
        least_micros: int,
    ) -> int:
        """
        Reserve on every line or on none and return how much: what is wanted, or what is left when that is enough.

        Raises BudgetExceeded when less than `least_micros` is left somewhere, BudgetsUnavailable. A hold that is
        never settled ends by itself; the same call id again answers its first hold.
        """
        ...

    async def settle(self, call_id: CallId, context: TenantContext, lines: Sequence[BudgetLine]) -> None:
        """End the hold; what was really spent is what the ledger says. Never raises: the ledger is the truth."""
        ...

    async def standing(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Standing]: ...


class Spending(Protocol):
    """The ledger's own sums: what the counters are built from."""

    async def spent_micros(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[int]:
        """Return what each line's owner has spent in its period, by every call that was ever settled."""
        ...


def lines_of(policy: Policy, context: TenantContext, now: datetime) -> tuple[BudgetLine, ...]:
    """Return the lines that a call of this actor draws on; a process of ours has no member's line."""
    day, month = periods(now)
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    next_month = datetime.fromisoformat(f"{_month_after(month)}-01T00:00:00+00:00")
    owners: list[tuple[BudgetScope, UUID, str, datetime]] = [
        (BudgetScope.TENANT_DAY, context.tenant_id, day, tomorrow),
        (BudgetScope.TENANT_MONTH, context.tenant_id, month, next_month),
    ]
    if context.member_id is not None:
        owners.insert(0, (BudgetScope.MEMBER_DAY, context.member_id, day, tomorrow))
    return tuple(
        BudgetLine(
            scope=scope,
            owner_id=owner,
            period=period,
            limit_micros=policy.whole(SETTING_OF[scope]),
            resets_at=resets_at,
        )
        for scope, owner, period, resets_at in owners
    )


def periods(moment: datetime) -> tuple[str, str]:
    """Return the day and the month of a moment, in UTC."""
    day = moment.astimezone(UTC).strftime("%Y-%m-%d")
    return day, day[:7]


def binding(standings: Sequence[Standing]) -> Standing:
    """Return the line that will be exhausted first."""
    return min(standings, key=lambda standing: standing.remaining_micros)


def _month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"
