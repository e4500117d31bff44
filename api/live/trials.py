"""Which updates are tried elsewhere before a room takes them, and how often somebody may ask for that."""

import asyncio
from collections.abc import Callable
from typing import Final

from cachetools import LRUCache

from api.live.admission import Waiting
from api.live.closing import CloseCode, ConnectionRefused
from api.live.rate import BUCKETS_MAX, Bucket
from commands.bodies import BodyUnreadable, Trial, TrialFailed
from commands.turns import TooMuchAtOnce, Turns
from domain.ids import MemberId, TenantId
from domain.yjs.known import KnownIds
from tenancy.context import TenantContext

SEARCHES_UNTRIED_MAX: Final = 8
SEARCHED_BYTES_UNTRIED_MAX: Final = 4 * 1024 * 1024
"""The state that each search may pass, added up: a sixth of a second."""
PARTS_LIKE_A_SEARCH: Final = 64
AT_ONCE_MAX: Final = 2
AT_ONCE_PER_TENANT_MAX: Final = 1
WAITING_PER_TENANT_MAX: Final = 64
WAIT_SECONDS_MAX: Final = 20.0
BUSY_SECONDS_PER_SECOND_MAX: Final = 0.05
"""How much of a process the updates of one member that were tried may take when they are put in."""
BUSY_BURST_SECONDS_MAX: Final = 40.0
TOO_SLOW_COSTS_SECONDS: Final = 0.5
LOADED_BYTES_PER_SECOND: Final = 128 * 1024 * 1024


def may_take_long(updates: Waiting, known: KnownIds, state_bytes: int) -> bool:
    """Tell whether the CRDT, which nothing runs beside, may pass too much to find the places of what is new."""
    state_bytes += sum(len(update) for update, _ in updates)

    def are_many(searches: int) -> bool:
        return searches > SEARCHES_UNTRIED_MAX and searches * state_bytes > SEARCHED_BYTES_UNTRIED_MAX

    parts = sum(read.parts for _, read in updates)
    searches = parts // PARTS_LIKE_A_SEARCH
    if not are_many(parts + searches):
        return False
    for _, read in updates:
        # Beside what is here already more may stand than the update tells.
        searches += read.parts if known.overlaps(read.inserted) else known.count_new(read.searched)
    return are_many(searches)


class Trials:
    """Of one process."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._turns = Turns(
            at_once_max=AT_ONCE_MAX,
            at_once_per_tenant_max=AT_ONCE_PER_TENANT_MAX,
            waiting_per_tenant_max=WAITING_PER_TENANT_MAX,
            wait_seconds_max=WAIT_SECONDS_MAX,
        )
        self._busy: LRUCache[tuple[TenantId, MemberId | None], Bucket] = LRUCache(BUCKETS_MAX)

    async def require_quick(self, sender: TenantContext, state: Callable[[], bytes], update: bytes) -> None:
        """Return when an update may be put in; waits when the sender has tried much. Raises ConnectionRefused."""
        try:
            async with self._turns.turn(sender.tenant_id):
                stored = state()
                seconds = await self._trial.seconds(stored, update)
        except BodyUnreadable:
            raise ConnectionRefused(CloseCode.MALFORMED, "The update cannot be applied.") from None
        except (TooMuchAtOnce, TrialFailed):
            raise ConnectionRefused(CloseCode.UNAVAILABLE, "Large edits cannot be tried right now.") from None
        cost_seconds = TOO_SLOW_COSTS_SECONDS if seconds is None else seconds
        wait_seconds = self._spend(sender, cost_seconds + len(stored) / LOADED_BYTES_PER_SECOND)
        if seconds is None:
            reason = "The update takes too long: its parts lean on places that are far apart."
            raise ConnectionRefused(CloseCode.MALFORMED, reason)
        await asyncio.sleep(wait_seconds)

    def _spend(self, sender: TenantContext, seconds: float) -> float:
        """Return for how long the sender must wait."""
        now = asyncio.get_running_loop().time()
        whose = (sender.tenant_id, sender.member_id)
        bucket = self._busy.get(whose)
        if bucket is None:
            bucket = self._busy[whose] = Bucket(BUSY_SECONDS_PER_SECOND_MAX, BUSY_BURST_SECONDS_MAX, now)
        return bucket.spend(seconds, now)
