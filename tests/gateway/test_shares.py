"""Second calls are a share of the first ones: of each tenant's own, and never saved up for an hour."""

from dataclasses import dataclass

from uuid_utils.compat import uuid7

from domain.ids import TenantId
from gateway.paces import KEPT_MAX, SEEN_MIN, Paces
from gateway.shares import RETRIES_FLOOR, RETRY_SHARE, SAVED_MAX, WINDOW_SECONDS, Share

ACME, GLOBEX = TenantId(uuid7()), TenantId(uuid7())


@dataclass(slots=True)
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def taken(share: Share, tenant: TenantId, calls: int, of_each: float) -> int:
    """How many of so many calls were made again, each of which would have been."""
    again = 0
    for _ in range(calls):
        share.counted(tenant, of_each)
        again += share.take(tenant)
    return again


def test_a_tenth_is_repeated_and_a_few_more() -> None:
    assert taken(Share(Clock(), floor=RETRIES_FLOOR), ACME, 1_000, RETRY_SHARE) in range(100, 104)


def test_without_a_floor_the_share_is_never_exceeded() -> None:
    share = Share(Clock(), floor=0)
    assert taken(share, ACME, 49, 0.02) == 0
    assert taken(share, ACME, 951, 0.02) in {19, 20}


def test_the_floor_comes_back_within_a_minute() -> None:
    clock = Clock()
    share = Share(clock, floor=RETRIES_FLOOR)
    assert taken(share, ACME, 10, 0.0) == RETRIES_FLOOR
    clock.now += WINDOW_SECONDS
    assert taken(share, ACME, 10, 0.0) == RETRIES_FLOOR


def test_one_tenants_failures_take_nothing_from_another() -> None:
    share = Share(Clock(), floor=RETRIES_FLOOR)
    taken(share, ACME, 10, 0.0)
    assert taken(share, GLOBEX, 10, 0.0) == RETRIES_FLOOR


def test_what_was_not_used_is_not_saved_up() -> None:
    share = Share(Clock(), floor=0)
    for _ in range(10_000):
        share.counted(ACME, 0.1)
    assert taken(share, ACME, 100, 0.0) == SAVED_MAX


def test_nothing_is_late_before_enough_was_seen_and_old_waits_are_forgotten() -> None:
    paces = Paces()
    for _ in range(SEEN_MIN - 1):
        paces.saw("a/b", 9.0)
    assert paces.late_seconds("a/b") is None
    for number in range(KEPT_MAX):
        paces.saw("a/b", number / KEPT_MAX)
    assert paces.late_seconds("a/b") == 121 / KEPT_MAX
