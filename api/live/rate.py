"""How much one connection, one member and one tenant may send to this process: token buckets, and what follows."""

import asyncio

from cachetools import LRUCache

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from domain.ids import MemberId, TenantId
from tenancy.context import TenantContext

BUCKETS_MAX = 10_000
PATIENCE_PER_SECOND = 0.1
"""How much of its time a sender may be slowed for ever."""


class Bucket:
    """Holds some seconds' worth; may be overdrawn, and says how long that takes to make up for."""

    __slots__ = ("_at", "_capacity", "_level", "_per_second")

    def __init__(self, per_second: float, seconds_held: float, now: float) -> None:
        self._per_second = per_second
        self._level = self._capacity = per_second * seconds_held
        self._at = now

    def spend(self, amount: float, now: float) -> float:
        """Return for how many seconds nothing more is left."""
        self._level = min(self._capacity, self._level + (now - self._at) * self._per_second) - amount
        self._at = now
        return max(0.0, -self._level / self._per_second)


class Allowance:
    """Messages and bytes of one sender."""

    __slots__ = ("_bytes", "_messages")

    def __init__(self, messages_per_second: float, bytes_per_second: float, seconds_held: float, now: float) -> None:
        self._messages = Bucket(messages_per_second, seconds_held, now)
        self._bytes = Bucket(bytes_per_second, seconds_held, now)

    def spend(self, size_bytes: int, now: float) -> float:
        """Count a message; return for how many seconds the sender must wait."""
        return max(self._messages.spend(1, now), self._bytes.spend(size_bytes, now))


class Rates:
    """What the members and tenants that are connected to this process have sent of late."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members: LRUCache[tuple[TenantId, MemberId | None], Allowance] = LRUCache(BUCKETS_MAX)
        self._tenants: LRUCache[TenantId, Allowance] = LRUCache(BUCKETS_MAX)

    def pace(self) -> "Pace":
        """Return the pace of a new connection."""
        return Pace(self, self._limits)

    def spend(self, size_bytes: int, context: TenantContext, now: float) -> float:
        """Count a message of a member and its tenant."""
        limits = self._limits
        tenant = self._tenants.get(context.tenant_id)
        if tenant is None:
            tenant = self._tenants[context.tenant_id] = Allowance(
                limits.tenant_messages_per_second_max, limits.tenant_bytes_per_second_max, limits.burst_seconds_max, now
            )
        whose = context.tenant_id, context.member_id
        member = self._members.get(whose)
        if member is None:
            member = self._members[whose] = Allowance(
                limits.member_messages_per_second_max, limits.member_bytes_per_second_max, limits.burst_seconds_max, now
            )
        return max(tenant.spend(size_bytes, now), member.spend(size_bytes, now))


class Pace:
    """Slows one connection by not letting it be read, and ends one that has to be slowed for too long."""

    def __init__(self, rates: Rates, limits: Limits) -> None:
        now = asyncio.get_running_loop().time()
        self._rates = rates
        self._own = Allowance(
            limits.connection_messages_per_second_max,
            limits.connection_bytes_per_second_max,
            limits.burst_seconds_max,
            now,
        )
        self._patience = Bucket(PATIENCE_PER_SECOND, limits.slowed_seconds_max / PATIENCE_PER_SECOND, now)

    async def keep(self, size_bytes: int, context: TenantContext | None) -> None:
        """Wait until another message may be read after this one. Raises ConnectionRefused."""
        now = asyncio.get_running_loop().time()
        seconds = self._own.spend(size_bytes, now)
        if context is not None:
            seconds = max(seconds, self._rates.spend(size_bytes, context, now))
        if not seconds:
            return
        if self._patience.spend(seconds, now):
            raise ConnectionRefused(CloseCode.TOO_FAST, "This sends more than it may.")
        await asyncio.sleep(seconds)
