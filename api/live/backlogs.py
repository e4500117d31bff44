"""How much may wait to be sent to one member and to one tenant, over all their connections to this process."""

from collections.abc import Callable
from typing import Final
from weakref import WeakValueDictionary

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from domain.ids import MemberId, TenantId
from tenancy.context import TenantContext

_SHED: Final = "Too much waits for the connections of this member or organisation; this one is the furthest behind."


class _Sum:
    """What waits for one member, or one tenant; it lives as long as somebody has a share of it."""

    __slots__ = ("__weakref__", "bytes_max", "shares", "waiting_bytes")

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.waiting_bytes = 0
        self.shares: set[Share] = set()
        """Those for whom something waits."""

    def make_room(self) -> None:
        """Close the connections that are the furthest behind until the sum is what it may be."""
        while self.waiting_bytes > self.bytes_max:
            max(self.shares, key=lambda share: share.waiting_bytes).shed()


class Share:
    """What waits for one member on one connection."""

    __slots__ = ("_close", "_is_shed", "_sums", "waiting_bytes")

    def __init__(self, sums: tuple[_Sum, ...], close: Callable[[ConnectionRefused], None]) -> None:
        self._sums = sums
        self._close = close
        self._is_shed = False
        self.waiting_bytes = 0

    def make_room(self) -> bool:
        """Close who is the furthest behind when too much waits already; tell whether that was somebody else."""
        for whole in self._sums:
            if whole.waiting_bytes > whole.bytes_max:
                whole.make_room()
        return not self._is_shed

    @property
    def is_half_full(self) -> bool:
        return any(2 * whole.waiting_bytes > whole.bytes_max for whole in self._sums)

    def add(self, size_bytes: int) -> None:
        """Count a frame that waits from now on."""
        if self._is_shed:
            return
        self.waiting_bytes += size_bytes
        for whole in self._sums:
            whole.waiting_bytes += size_bytes
            whole.shares.add(self)

    def give_back(self, size_bytes: int) -> None:
        """Count a frame no more: it is on its way, or never will be."""
        if self._is_shed:
            return
        self.waiting_bytes -= size_bytes
        for whole in self._sums:
            whole.waiting_bytes -= size_bytes
            if not self.waiting_bytes:
                whole.shares.discard(self)

    def shed(self) -> None:
        """Count nothing here any more, and close the connection: what waits for it goes at once."""
        self.give_back(self.waiting_bytes)
        self._is_shed = True
        self._close(ConnectionRefused(CloseCode.TOO_SLOW, _SHED))


class Backlogs:
    """Of the members and tenants that are connected to this process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._members: WeakValueDictionary[tuple[TenantId, MemberId | None], _Sum] = WeakValueDictionary()
        self._tenants: WeakValueDictionary[TenantId, _Sum] = WeakValueDictionary()

    def share(self, context: TenantContext, close: Callable[[ConnectionRefused], None]) -> Share:
        """Return the share of a connection in what waits for its member and its tenant; `close` is how to end it."""
        whose = context.tenant_id, context.member_id
        if (member := self._members.get(whose)) is None:
            member = self._members[whose] = _Sum(self._limits.member_send_queue_bytes_max)
        if (tenant := self._tenants.get(context.tenant_id)) is None:
            tenant = self._tenants[context.tenant_id] = _Sum(self._limits.tenant_send_queue_bytes_max)
        return Share((member, tenant), close)
