"""What can happen to a budget within its period."""

from dataclasses import dataclass
from uuid import UUID

from domain.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetThresholdReached(Sealed):
    """
    So much of a budget is spent; told once for each threshold of a period, and again after a reset.

    `scope` is member_day, key_day, tenant_day or tenant_month, and `owner_id` the member, the key or the tenant;
    `period` is a day as 2026-11-21 or a month as 2026-11, in UTC. Money is millionths of `currency`.
    """

    scope: str
    owner_id: UUID
    period: str
    currency: str
    threshold_percent: int
    limit_micros: int
    spent_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReset(Sealed):
    """
    Somebody lets a budget begin anew: what was spent in the period so far, `forgiven_micros`, counts no more.

    The ledger is as it was; the limit is, too.
    """

    scope: str
    owner_id: UUID
    period: str
    currency: str
    forgiven_micros: int
    reason: str


BudgetEvent = BudgetThresholdReached | BudgetReset
