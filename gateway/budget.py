"""Which budgets a call draws on, and the port of whoever counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from domain.actor import ActorKind
from domain.ids import CallId
from tenancy.context import TenantContext
from tenancy.policies import Policy

LEASE_SECONDS: Final = 900
LEASE_MARGIN_SECONDS: Final = 60
"""After its deadline a call asks nothing more of a provider; so long it has to be recorded and settled."""


class BudgetScope(StrEnum):
    """Whose money and for how long."""

    MEMBER_DAY = "member_day"
    KEY_DAY = "key_day"
    TENANT_DAY = "tenant_day"
    TENANT_MONTH = "tenant_month"


SETTING_OF: Mapping[BudgetScope, str] = {
    BudgetScope.MEMBER_DAY: "ai.member_day_micros",
    BudgetScope.KEY_DAY: "ai.key_day_micros",
    BudgetScope.TENANT_DAY: "ai.tenant_day_micros",
    BudgetScope.TENANT_MONTH: "ai.tenant_month_micros",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    """
    One budget in one period: `period` is its first day in UTC, as 2026-11-21, or its month, as 2026-11.

    Its limit and its sums are of one currency: what was spent in another belongs to a line of its own.
    """

    scope: BudgetScope
    owner_id: UUID
    period: str
    currency: str
    limit_micros: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class Sum:
    """What the ledger says of a line; `forgiven_micros` of what was spent no longer count: somebody reset it."""

    spent_micros: int
    forgiven_micros: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a line stands."""

    line: BudgetLine
    spent_micros: int
    reserved_micros: int
    forgiven_micros: int = 0

    @property
    def counted_micros(self) -> int:
        """Return what of the limit is spent."""
        return self.spent_micros - self.forgiven_micros

    @property
    def remaining_micros(self) -> int:
        return max(0, self.line.limit_micros - self.counted_micros - self.reserved_micros)


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
        lease_seconds: int = LEASE_SECONDS,
    ) -> int:
        """
        Reserve on every line or on none and return how much: what is wanted, or what is left when that is enough.

        Raises BudgetExceeded when less than `least_micros` is left somewhere, BudgetsUnavailable. A hold that is
        not settled within its lease ends by itself; the same call id again answers its first hold.
        """
        ...

    async def settle(self, call_id: CallId, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Standing]:
        """
        End the hold; what was really spent is what the ledger says.

        Returns how the lines stand then, nothing when that cannot be told. Never raises: the ledger is the truth.
        """
        ...

    async def standing(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Standing]: ...


class Spending(Protocol):
    """The ledger's own sums: what the counters are built from."""

    async def sums(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Sum]:
        """Return what each line's owner has spent in its period, by every call that was ever settled."""
        ...

    async def sums_after(self, call_id: CallId, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Sum]:
        """Return the same as it was once this call was settled, or as it is now."""
        ...


def lines_of(policy: Policy, context: TenantContext, now: datetime) -> tuple[BudgetLine, ...]:
    """Return the lines that a call of this actor draws on; a process of ours has neither a member's nor a key's."""
    day, month = periods(now)
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    next_month = datetime.fromisoformat(f"{_month_after(month)}-01T00:00:00+00:00")
    owners: list[tuple[BudgetScope, UUID, str, datetime]] = []
    if context.member_id is not None:
        owners.append((BudgetScope.MEMBER_DAY, context.member_id, day, tomorrow))
    if context.actor.kind is ActorKind.KEY and context.actor.id is not None:
        owners.append((BudgetScope.KEY_DAY, context.actor.id, day, tomorrow))
    owners.append((BudgetScope.TENANT_DAY, context.tenant_id, day, tomorrow))
    owners.append((BudgetScope.TENANT_MONTH, context.tenant_id, month, next_month))
    currency = policy.text("ai.currency")
    return tuple(
        BudgetLine(
            scope=scope,
            owner_id=owner,
            period=period,
            currency=currency,
            limit_micros=policy.whole(SETTING_OF[scope]),
            resets_at=resets_at,
        )
        for scope, owner, period, resets_at in owners
    )


def lease_of(policy: Policy) -> int:
    """Return for how many seconds a call's hold stands by itself: as long as the call may take, and to be settled."""
    return policy.whole("ai.timeout_seconds") + LEASE_MARGIN_SECONDS


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
