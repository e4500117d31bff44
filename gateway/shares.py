"""How many calls of a tenant may be made a second time: a share of them, and a few more for whoever calls rarely."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from domain.ids import TenantId

TENANTS_MAX: Final = 10_000
WINDOW_SECONDS: Final = 60.0
RETRY_SHARE: Final = 0.1
RETRIES_FLOOR: Final = 3
SAVED_MAX: Final = 5
"""What was not used before cannot be used at once."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Share:
    """
    A bucket for each tenant, of this process: every call puts a part of a token in, every second call takes one out.

    `floor` tokens more come in every minute, so that a tenant's first call of the day has them. As in Finagle's
    RetryBudget: what is down is asked a little more often, and never twice as often.
    """

    def __init__(self, seconds: Callable[[], float], *, floor: int) -> None:
        self._seconds = seconds
        self._floor = floor
        self._buckets: LRUCache[TenantId, _Bucket] = LRUCache(TENANTS_MAX)

    def counted(self, tenant_id: TenantId, share: float) -> None:
        """Count one call, of which so much may be made again."""
        bucket = self._bucket(tenant_id)
        bucket.tokens = min(self._floor + SAVED_MAX, bucket.tokens + share)

    def take(self, tenant_id: TenantId) -> bool:
        """Tell whether one call may be made again, and count that it was."""
        bucket = self._bucket(tenant_id)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def _bucket(self, tenant_id: TenantId) -> _Bucket:
        now = self._seconds()
        bucket = self._buckets.get(tenant_id)
        if bucket is None:
            bucket = self._buckets[tenant_id] = _Bucket(self._floor, now)
        if bucket.tokens < self._floor:
            refill = (now - bucket.filled_at) * self._floor / WINDOW_SECONDS
            bucket.tokens = min(self._floor, bucket.tokens + refill)
        bucket.filled_at = now
        return bucket
