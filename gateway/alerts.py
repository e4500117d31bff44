"""Tells when half, four fifths and all of a budget are spent: in the log, so that everybody can hear of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from cachetools import LRUCache

from domain.budget.decisions import BudgetPeriod, threshold_of
from gateway.budget import BudgetLine, Standing
from gateway.metrics import BUDGET_THRESHOLDS
from tenancy.context import TenantContext

TOLD_MAX = 100_000
ALL_PERCENT: Final = 100
NEARLY_ALL_PERCENT: Final = 80

log = structlog.get_logger()

Tell = Callable[[Standing, int, TenantContext], Awaitable[int]]
"""Makes it durable that a line has reached a threshold; returns how many thresholds were not told before."""


class BudgetAlerts:
    """Asks the log once a process for each threshold; the log knows what the other processes have told."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        # What this process knows to be told, of lines that were reset so far.
        self._told: LRUCache[tuple[BudgetLine, int], int] = LRUCache(TOLD_MAX)

    async def settled(self, context: TenantContext, standings: Sequence[Standing]) -> None:
        """Tell what was reached. Never raises: the money is counted whether or not anybody hears of it."""
        for standing in standings:
            await self._reached(context, standing, threshold_of(standing.counted_micros, standing.line.limit_micros))

    async def refused(self, context: TenantContext, standing: Standing) -> None:
        """Tell that a line pays for no more calls, when it is one that most of was spent of."""
        if threshold_of(standing.counted_micros, standing.line.limit_micros) >= NEARLY_ALL_PERCENT:
            await self._reached(context, standing, ALL_PERCENT)

    async def _reached(self, context: TenantContext, standing: Standing, percent: int) -> None:
        line = standing.line
        key = line, standing.forgiven_micros
        if percent <= self._told.get(key, 0):
            return
        try:
            told = await self._tell(standing, percent, context)
        except Exception as error:  # noqa: BLE001  # told by the next call that finds it reached
            log.warning("ai.budget_threshold_not_told", error=type(error).__name__)
            return
        self._told[key] = percent
        if told:
            BUDGET_THRESHOLDS.labels(line.scope, percent).inc()
            log.warning(
                "ai.budget_threshold_reached",
                tenant_id=str(context.tenant_id),
                scope=str(line.scope),
                period=line.period,
                percent=percent,
                spent_micros=standing.counted_micros,
                limit_micros=line.limit_micros,
                currency=line.currency,
            )


def period_of(line: BudgetLine) -> BudgetPeriod:
    """Return the line as the log names it."""
    return BudgetPeriod(scope=str(line.scope), owner_id=line.owner_id, period=line.period, currency=line.currency)
