"""A short answer is asked for a second time, and nobody is shown the second: how much alike both are is a signal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from gateway.attempts.hedge import held_beside
from gateway.attempts.leg import Leg
from gateway.attempts.listener import Left
from gateway.calls import FinishReason
from gateway.confidence.judging import SECOND_TOKENS_MAX
from gateway.likeness.agreement import likeness
from gateway.prepared import Prepared, cost_bound
from gateway.providers.port import ProviderFailed
from gateway.refusals import NotInItsPower
from gateway.routing import Candidate

if TYPE_CHECKING:
    from gateway.door import Parts

COMPARED_CHARACTERS_MAX: Final = 600
TIMES_AS_LONG: Final = 2
"""As the first answer took: the second has so long, but at least so many seconds."""
PATIENCE_SECONDS_MIN: Final = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondAnswer:
    """
    `leg`, `why_not`, `judge` and `credit` are those of every other leg.

    It has a hold of its own, so that none of the money for a larger model's answer goes into it.
    """

    parts: "Parts"
    prepared: Prepared
    leg: Callable[[Candidate, int], Leg]
    why_not: Callable[[Candidate, int], str]
    judge: Callable[[Leg, BaseException | None], None]
    credit: Callable[[Leg, FinishReason], None]

    async def likeness(self, first: Leg) -> float | None:
        """Return how much alike the model's first answer and a second one are; None where there is no second one."""
        if not self._is_wanted(first):
            return None
        candidate = first.candidate
        if self.why_not(candidate, SECOND_TOKENS_MAX):
            return None
        if not await held_beside(
            self.parts, self.prepared, "second", cost_bound(self.prepared, candidate, SECOND_TOKENS_MAX)
        ):
            self.parts.breaker.gave_up(candidate.name)
            return None
        second = self.leg(candidate, SECOND_TOKENS_MAX)
        # Somebody waits for the first one, which is there already.
        began = first.sent_at if first.sent_at is not None else self.parts.seconds()
        took = self.parts.seconds() - began
        second.deadline = min(second.deadline, self.parts.seconds() + max(PATIENCE_SECONDS_MIN, took * TIMES_AS_LONG))
        return likeness(first.said, second.said) if await self._is_whole(second) else None

    def _is_wanted(self, first: Leg) -> bool:
        judging, course = self.prepared.judging, self.prepared.course
        return (
            judging is not None
            and judging.asks_twice
            and bool(judging.larger)
            and not first.candidate.provider.offline
            and course.finish_reason is FinishReason.STOP
            and self.prepared.form is None
            and 0 < len(first.said) <= COMPARED_CHARACTERS_MAX
            and first.call.temperature != 0
        )

    async def _is_whole(self, second: Leg) -> bool:
        """Tell whether it came to its end, and pay it for what it used in any case."""
        error: ProviderFailed | NotInItsPower | Left | None = None
        whole = False
        try:
            await second.begin()
            async for _ in second.items():
                pass
            whole = True
        except (ProviderFailed, NotInItsPower, Left) as failed:
            error = failed
        except Exception as unexpected:  # noqa: BLE001  # the first answer stands, whatever becomes of the second
            self.parts.breaker.gave_up(second.candidate.name)
            log.warning("ai.second_answer_failed", error=type(unexpected).__name__)
            return False
        except BaseException:
            self.parts.breaker.gave_up(second.candidate.name)
            raise
        finally:
            await second.hang_up()
            # What failed before its first word has used nothing that anybody charges.
            if second.began_at is not None or not isinstance(error, ProviderFailed | NotInItsPower):
                self._pay(second, cut=not whole)
        if error is not None:
            self.judge(second, error)
            return False
        second.timing.concluded("compared")
        self.credit(second, second.finish_reason)
        return second.finish_reason is FinishReason.STOP

    def _pay(self, second: Leg, *, cut: bool) -> None:
        course = self.prepared.course
        used, estimated = second.used(cut=cut)
        course.other_legs_micros += second.candidate.rates.cost_micros(used.tokens)
        course.estimated = course.estimated or estimated
        course.attempts.append(f"{second.candidate.name}: asked twice")
