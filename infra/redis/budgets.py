"""Budgets in Redis by one script; the ledger is the truth, and a flushed Redis is filled from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.ids import CallId, TenantId
from gateway.budget import BudgetLine, Spending, Standing
from gateway.refusals import BudgetExceeded, BudgetsUnavailable
from tenancy.context import TenantContext
from tenancy.keys import budget_key, hold_key, leases_key

LEASE_SECONDS = 900
"""Longer than any call may take (ai.timeout_seconds is at most 600): a hold that is older has lost its process."""
LINE_LIFE_SECONDS = 40 * 24 * 3600

_SCRIPT: Final = (Path(__file__).parent / "budgets.lua").read_text()

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Held:
    lines: tuple[BudgetLine, ...]
    micros: int


class RedisBudgets:
    """Implements gateway.budget.Budgets."""

    def __init__(self, redis: Redis, spending: Spending, now: Callable[[], datetime]) -> None:
        self._script = redis.register_script(_SCRIPT)
        self._redis = redis
        self._spending = spending
        self._now = now
        # What this process has reserved: a flushed Redis is told again before anybody reserves more.
        self._held: dict[TenantId, dict[CallId, _Held]] = {}

    async def hold(
        self,
        call_id: CallId,
        context: TenantContext,
        lines: Sequence[BudgetLine],
        *,
        wanted_micros: int,
        least_micros: int,
    ) -> int:
        """Reserve; see gateway.budget.Budgets."""
        spent = await self._spending.spent_micros(context, lines)
        try:
            await self._tell_again(context.tenant_id)
            granted, *standing = await self._run(
                "hold", call_id, context, lines, spent, wanted=wanted_micros, least=least_micros
            )
        except (RedisError, OSError) as error:
            raise BudgetsUnavailable from error
        if granted < 0:
            raise _exceeded(_standings(lines, standing), least_micros)
        self._held.setdefault(context.tenant_id, {})[call_id] = _Held(tuple(lines), granted)
        return granted

    async def settle(self, call_id: CallId, context: TenantContext, lines: Sequence[BudgetLine]) -> None:
        """End the hold; see gateway.budget.Budgets."""
        try:
            spent = await self._spending.spent_micros(context, lines)
            await self._run("settle", call_id, context, lines, spent)
        except Exception as error:  # noqa: BLE001  # the fact is in the ledger; the hold ends with its lease
            log.warning("ai.settlement_not_counted", error=type(error).__name__)
        finally:
            self._held.get(context.tenant_id, {}).pop(call_id, None)

    async def standing(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Standing]:
        """Return how the lines stand, holds of every process included."""
        spent = await self._spending.spent_micros(context, lines)
        try:
            await self._tell_again(context.tenant_id)
            _, *standing = await self._run("standing", CallId(context.tenant_id), context, lines, spent)
        except (RedisError, OSError) as error:
            raise BudgetsUnavailable from error
        return _standings(lines, standing)

    async def _tell_again(self, tenant_id: TenantId) -> None:
        """Reserve again what this process has reserved and Redis no longer knows."""
        held = self._held.get(tenant_id)
        if not held or await self._redis.exists(*(hold_key(tenant_id, call_id) for call_id in held)) == len(held):
            return
        for call_id, one in list(held.items()):
            # Without a limit: it was granted, whatever has been spent since.
            await self._script(
                keys=_keys(tenant_id, call_id, one.lines),
                args=[*self._head("hold", call_id), one.micros, 0, *(n for _ in one.lines for n in (0, 2**53))],
            )

    async def _run(
        self,
        operation: str,
        call_id: CallId,
        context: TenantContext,
        lines: Sequence[BudgetLine],
        spent: Sequence[int],
        *,
        wanted: int = 0,
        least: int = 0,
    ) -> list[int]:
        per_line = (n for line, sum_ in zip(lines, spent, strict=True) for n in (sum_, line.limit_micros))
        answer = await self._script(
            keys=_keys(context.tenant_id, call_id, lines),
            args=[*self._head(operation, call_id), wanted, least, *per_line],
        )
        return [int(number) for number in answer] or [0]

    def _head(self, operation: str, call_id: CallId) -> list[str | int]:
        now = round(self._now().timestamp() * 1000)
        return [operation, now, LEASE_SECONDS * 1000, LINE_LIFE_SECONDS * 1000, str(call_id)]


def _keys(tenant_id: TenantId, call_id: CallId, lines: Sequence[BudgetLine]) -> list[str]:
    counters = (budget_key(tenant_id, line.scope, line.owner_id, line.period) for line in lines)
    return [leases_key(tenant_id), hold_key(tenant_id, call_id), *counters]


def _standings(lines: Sequence[BudgetLine], numbers: Sequence[int]) -> list[Standing]:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [
        Standing(line=line, spent_micros=spent, reserved_micros=held)
        for line, (spent, held) in zip(lines, pairs, strict=True)
    ]


def _exceeded(standings: Sequence[Standing], least_micros: int) -> BudgetExceeded:
    short = next((s for s in standings if s.remaining_micros < least_micros), standings[0])
    return BudgetExceeded(
        short.line.scope,
        limit_micros=short.line.limit_micros,
        remaining_micros=short.remaining_micros,
        resets_at=short.line.resets_at,
    )
