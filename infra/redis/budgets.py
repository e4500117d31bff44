"""Budgets in Redis by one script; the ledger is the truth, and a flushed Redis is filled from it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import structlog
from cachetools import TTLCache
from redis.exceptions import RedisError

from domain.ids import CallId, TenantId
from gateway.budget import LEASE_SECONDS, BudgetLine, Spending, Standing, Sum
from gateway.metrics import EXPIRED_HOLDS
from gateway.refusals import BudgetExceeded, BudgetsUnavailable
from infra.redis.together import Script, Together
from tenancy.context import TenantContext
from tenancy.keys import BUDGETS_AGE, BUDGETS_FILLING, BUDGETS_LEASES, budget_key, hold_key, leases_key

LINE_LIFE_SECONDS = 40 * 24 * 3600
SUM_LIFE_SECONDS = 2
"""Every settlement brings the ledger's sums; when none did for so long, the ledger is asked again before a hold."""
FILLING_SECONDS = 2.0
"""After Redis has forgotten everything, every process has so long to tell what it holds; nothing is granted."""
TELL_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 0.1
HOLD_SECONDS_MAX = 15.0
SPENT_LINES_MAX = 100_000
SWEEP_SECONDS = 2.0
TENANTS_SWEPT_MAX = 100
_NOT_ASKED: Final = Sum(-1)
_NO_LIMIT: Final = 2**53

_SCRIPT: Final = Script((Path(__file__).parent / "budgets.lua").read_text())

log = structlog.get_logger()


class _Held(NamedTuple):
    lines: tuple[BudgetLine, ...]
    micros: int
    lease_seconds: int


class RedisBudgets:
    """Implements gateway.budget.Budgets."""

    def __init__(self, redis: Together, spending: Spending, *, filling_seconds: float = FILLING_SECONDS) -> None:
        """`filling_seconds` is 0 where no other process can hold anything: when the store is this process's own."""
        self._redis = redis
        self._spending = spending
        self._filling_seconds = filling_seconds
        self._age = ""
        # What this process has reserved: a flushed Redis is told again before anybody reserves more.
        self._held: dict[TenantId, dict[CallId, _Held]] = {}
        self._telling: asyncio.Task[None] | None = None
        self._giving_back: set[asyncio.Task[None]] = set()
        # An exhausted line is known without asking; not for long, because somebody may reset it.
        self._spent: TTLCache[str, int] = TTLCache(SPENT_LINES_MAX, SUM_LIFE_SECONDS)

    def refuse_exhausted(self, context: TenantContext, lines: Sequence[BudgetLine]) -> None:
        """Refuse what cannot be held; see gateway.budget.Budgets."""
        for line in lines:
            spent = self._spent.get(_line_key(context.tenant_id, line), 0)
            if spent and spent >= line.limit_micros:
                raise _exceeded([Standing(line=line, spent_micros=spent, reserved_micros=0)], 1)

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
        """Reserve; see gateway.budget.Budgets."""
        sums: Sequence[Sum] = [_NOT_ASKED] * len(lines)
        try:
            # A store that is filled, a sum that is too old: each is met once, unless Redis is flushed again and again.
            async with asyncio.timeout(HOLD_SECONDS_MAX):
                while True:
                    verdict, numbers = await self._run(
                        "hold", context.tenant_id, call_id, lines, sums,
                        wanted=wanted_micros, least=least_micros, lease_seconds=lease_seconds,
                    )  # fmt: skip
                    if verdict == "done":
                        break
                    if verdict == "unseen":
                        sums = await self._spending.sums(context, lines)
                    else:
                        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        except BaseException as error:
            # Whoever asked has gone, or has waited long enough: what is granted after all is given back.
            self._giving_back.add(task := asyncio.create_task(self._give_back(call_id, context), context=Context()))
            task.add_done_callback(self._giving_back.discard)
            if isinstance(error, RedisError | OSError):
                raise BudgetsUnavailable from error
            raise
        granted, *standing = numbers
        standings = self._standings(context.tenant_id, lines, standing)
        if granted < 0:
            raise _exceeded(standings, least_micros)
        self._held.setdefault(context.tenant_id, {})[call_id] = _Held(tuple(lines), granted, lease_seconds)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_while_held(), context=Context())
        return granted

    async def _give_back(self, call_id: CallId, context: TenantContext) -> None:
        with suppress(Exception):  # it ends with its lease
            await self._run("settle", context.tenant_id, call_id, [], [])

    async def settle(self, call_id: CallId, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Standing]:
        """End the hold; see gateway.budget.Budgets."""
        held = self._held.get(context.tenant_id, {})
        held.pop(call_id, None)
        if not held:
            self._held.pop(context.tenant_id, None)
        try:
            sums = await self._spending.sums_after(call_id, context, lines)
            _, (_, *numbers) = await self._run("settle", context.tenant_id, call_id, lines, sums)
        except Exception as error:  # noqa: BLE001  # the fact is in the ledger; the hold ends with its lease
            log.warning("ai.settlement_not_counted", error=type(error).__name__)
            return []
        return self._standings(context.tenant_id, lines, numbers)

    async def standing(self, context: TenantContext, lines: Sequence[BudgetLine]) -> Sequence[Standing]:
        """Return how the lines stand, holds of every process included."""
        sums = await self._spending.sums(context, lines)
        try:
            _, (_, *numbers) = await self._run("standing", context.tenant_id, CallId(context.tenant_id), lines, sums)
        except (RedisError, OSError) as error:
            raise BudgetsUnavailable from error
        return self._standings(context.tenant_id, lines, numbers)

    async def run_sweeps(self) -> None:
        """End the holds of processes that died, whether or not anybody calls; until it is cancelled."""
        while True:
            try:
                await self.sweep()
            except (RedisError, OSError) as error:
                log.warning("ai.holds_not_swept", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """End every hold whose lease is over, and return how many there were."""
        seconds, _ = await self._redis.ask("TIME")
        now = 1000 * int(seconds)
        due = await self._redis.ask("ZRANGEBYSCORE", BUDGETS_LEASES, "-inf", now, "LIMIT", 0, TENANTS_SWEPT_MAX)
        ended = sum([(await self._script_of("sweep", leases, b"", [], []))[1][0] for leases in due])
        if ended:
            EXPIRED_HOLDS.inc(ended)
            log.warning("ai.holds_expired", holds=ended)
        return ended

    async def _tell_while_held(self) -> None:
        """Tell again what Redis has forgotten of what this process holds, as long as it holds something."""
        while self._held:
            await asyncio.sleep(TELL_SECONDS)
            try:
                await self._tell_again(self._age)
            except Exception as error:  # noqa: BLE001  # Redis is away: nobody is granted anything meanwhile
                log.warning("ai.holds_not_told", error=type(error).__name__)

    async def _tell_again(self, age: str) -> None:
        for tenant_id, held in list(self._held.items()):
            for call_id, one in list(held.items()):
                if await self._redis.ask("EXISTS", hold_key(tenant_id, call_id)) or call_id not in held:
                    continue
                sums = [_NOT_ASKED] * len(one.lines)
                # Without a limit: it was granted, whatever has been spent since.
                await self._run(
                    "tell", tenant_id, call_id, one.lines, sums,
                    wanted=one.micros, age=age, lease_seconds=one.lease_seconds,
                )  # fmt: skip
                if call_id not in held:
                    # Settled meanwhile, and perhaps before it was told.
                    await self._run("settle", tenant_id, call_id, one.lines, sums, age=age)

    async def _run(
        self,
        operation: str,
        tenant_id: TenantId,
        call_id: CallId,
        lines: Sequence[BudgetLine],
        sums: Sequence[Sum],
        **more: Any,
    ) -> tuple[str, list[int]]:
        limits = [_NO_LIMIT if operation == "tell" else line.limit_micros for line in lines]
        numbers = [(one.spent_micros, one.forgiven_micros, limit) for one, limit in zip(sums, limits, strict=True)]
        counters = [_line_key(tenant_id, line) for line in lines]
        keys = leases_key(tenant_id), hold_key(tenant_id, call_id)
        return await self._script_of(operation, *keys, counters, numbers, **more)

    async def _script_of(
        self,
        operation: str,
        leases: str | bytes,
        hold: str | bytes,
        counters: Sequence[str],
        numbers: Sequence[tuple[int, int, int]],
        *,
        wanted: int = 0,
        least: int = 0,
        lease_seconds: int = LEASE_SECONDS,
        age: str | None = None,
    ) -> tuple[str, list[int]]:
        """Run the script; a store of an age that is not ours is first told what we hold."""
        filling = round(self._filling_seconds * 1000)
        age = self._age if age is None else age
        while True:
            verdict, *rest = await self._redis.run(
                _SCRIPT,
                [BUDGETS_AGE, BUDGETS_FILLING, BUDGETS_LEASES, leases, hold, *counters],
                [operation, age, uuid4().hex, filling,
                 lease_seconds * 1000, LINE_LIFE_SECONDS * 1000, SUM_LIFE_SECONDS * 1000, wanted, least,
                 *(number for line in numbers for number in line)],
            )  # fmt: skip
            if verdict != b"age":
                return verdict.decode(), [int(number) for number in rest]
            age = rest[0].decode()
            await self._tell_again(age)
            self._age = age

    def _standings(self, tenant_id: TenantId, lines: Sequence[BudgetLine], numbers: Sequence[int]) -> list[Standing]:
        standings = [
            Standing(line=line, spent_micros=spent, forgiven_micros=forgiven, reserved_micros=held)
            for line, spent, forgiven, held in zip(lines, numbers[::3], numbers[1::3], numbers[2::3], strict=True)
        ]
        self._spent.update({_line_key(tenant_id, one.line): one.counted_micros for one in standings})
        return standings


def _line_key(tenant_id: TenantId, line: BudgetLine) -> str:
    return budget_key(tenant_id, line.scope, line.owner_id, line.period, line.currency)


def _exceeded(standings: Sequence[Standing], least_micros: int) -> BudgetExceeded:
    short = next((s for s in standings if s.remaining_micros < least_micros), standings[0])
    return BudgetExceeded(
        short.line.scope,
        limit_micros=short.line.limit_micros,
        remaining_micros=short.remaining_micros,
        resets_at=short.line.resets_at,
        standing=short,
    )
