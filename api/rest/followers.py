"""How many streams of events a process holds open for each tenant, and for all of them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from domain.errors import LimitReached
from domain.ids import TenantId

FOLLOWERS_PER_TENANT_MAX = 1_000
FOLLOWERS_MAX = 5_000
"""Each looks for news about once a second."""


class TooManyFollowers(LimitReached):
    """The process follows as much as it can for the tenant, or for all of them."""

    code: ClassVar = "stream.too_many_followers"

    def __init__(self) -> None:
        super().__init__("Too many streams of events are open; ask again, or read the list now and then.")

    def facts(self) -> dict[str, object]:
        return {"followers_per_tenant_max": FOLLOWERS_PER_TENANT_MAX}


class Followers:
    """Counts them from the first event on until the stream ends."""

    def __init__(self) -> None:
        self._open: Counter[TenantId] = Counter()

    def require_room(self, tenant_id: TenantId) -> None:
        """Raise TooManyFollowers when one more is one too many."""
        if self._open[tenant_id] >= FOLLOWERS_PER_TENANT_MAX or self._open.total() >= FOLLOWERS_MAX:
            raise TooManyFollowers

    def of(self, tenant_id: TenantId) -> int:
        return self._open[tenant_id]

    @contextmanager
    def one_more(self, tenant_id: TenantId) -> Iterator[None]:
        self._open[tenant_id] += 1
        try:
            yield
        finally:
            self._open[tenant_id] -= 1
            self._open += Counter()  # forgets tenants that have none
