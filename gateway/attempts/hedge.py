"""A second leg for a first one that is late: whichever begins is the answer, and both are paid."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid5

from domain.ids import CallId
from gateway.attempts.leg import Leg
from gateway.attempts.listener import Left
from gateway.budget import lease_of
from gateway.metrics import HEDGED
from gateway.prepared import Prepared, cost_bound
from gateway.providers.port import ProviderFailed
from gateway.refusals import BudgetExceeded, BudgetsUnavailable, NotInItsPower
from gateway.routing import Candidate

if TYPE_CHECKING:
    from gateway.door import Parts


async def held_beside(parts: "Parts", prepared: Prepared, what: str, micros: int) -> bool:
    """Hold the money for one leg more; False where a budget does not have it."""
    course, policy = prepared.course, prepared.policy
    if course.reserved_micros + micros > policy.whole("ai.request_micros"):
        return False
    hold_id = CallId(uuid5(course.request.call_id, what))
    try:
        course.reserved_micros += await parts.budgets.hold(
            hold_id,
            course.context,
            prepared.lines,
            wanted_micros=micros,
            least_micros=micros,
            lease_seconds=lease_of(policy),
        )
    except (BudgetExceeded, BudgetsUnavailable):
        return False
    prepared.holds.append(hold_id)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """
    For calls that nobody reads as they come; `leg` makes one, `why_not` and `judge` are those of every other leg.

    A second leg has a hold of its own, so that the money for both is there before it is sent.
    """

    parts: "Parts"
    prepared: Prepared
    leg: Callable[[Candidate, int], Leg]
    why_not: Callable[[Candidate, int], str]
    judge: Callable[[Leg, BaseException | None], None]

    def late_seconds(self, candidate: Candidate) -> float | None:
        """Return after how long a second leg is wanted; None when none is, however long the first one takes."""
        percent = self.prepared.policy.whole("ai.hedged_share_percent")
        if not percent or not self.prepared.course.request.read_at_end or candidate.provider.offline:
            return None
        self.parts.hedges.counted(self.prepared.course.context.tenant_id, percent / 100)
        return self.parts.paces.late_seconds(candidate.name)

    async def first_to_begin(self, first: Leg, late_seconds: float) -> Leg | None:
        """Return the leg that has begun to answer, None when none has. Raises Left."""
        begins = {asyncio.create_task(first.begin()): first}
        try:
            done, _ = await asyncio.wait(begins, timeout=late_seconds)
            if not done and (second := await self._second(first, late_seconds)) is not None:
                begins[asyncio.create_task(second.begin())] = second
            while begins:
                done, _ = await asyncio.wait(begins, return_when=asyncio.FIRST_COMPLETED)
                task = done.pop()
                leg, error = begins.pop(task), task.exception()
                if error is None:
                    return leg
                await self._lost(leg, error)
                if not isinstance(error, ProviderFailed | NotInItsPower):
                    raise error
            return None
        finally:
            for task, leg in begins.items():
                task.cancel()
                (ended,) = await asyncio.gather(task, return_exceptions=True)
                await self._lost(leg, ended)

    async def _second(self, first: Leg, late_seconds: float) -> Leg | None:
        """Return a leg to the next model of the route, or to the same; None without a share or money for it."""
        course, hosted = self.prepared.course, [c for c in self.prepared.route.candidates if not c.provider.offline]
        if not self.parts.hedges.take(course.context.tenant_id):
            return None
        at = hosted.index(first.candidate) if first.candidate in hosted else len(hosted)
        for candidate in (*hosted[at + 1 :], first.candidate):
            if self.why_not(candidate, first.cap):
                continue
            if not await held_beside(
                self.parts, self.prepared, "hedge", cost_bound(self.prepared, candidate, first.cap)
            ):
                self.parts.breaker.gave_up(candidate.name)
                return None
            course.route_reason += (
                f"; {candidate.name} was asked as well when nothing had come after {late_seconds * 1000:.0f} ms"
            )
            HEDGED.labels(candidate.name).inc()
            return self.leg(candidate, first.cap)
        return None

    async def _lost(self, leg: Leg, error: BaseException | None) -> None:
        """Pay a leg that is not the answer for what it used: one that failed has used nothing that anybody charges."""
        course, failed = self.prepared.course, isinstance(error, ProviderFailed | NotInItsPower)
        self.judge(leg, error)
        if not failed:
            used, estimated = leg.used(cut=True)
            course.other_legs_micros += leg.candidate.rates.cost_micros(used.tokens)
            course.estimated = course.estimated or estimated
            if not isinstance(error, Left):
                course.attempts.append(f"{leg.candidate.name}: overtaken")
        leg.forget()
        await leg.hang_up()
