"""Whether the same model is asked again after a failure, and how long that waits."""

import random
from typing import TYPE_CHECKING

from gateway.attempts.leg import Leg
from gateway.prepared import Prepared
from gateway.providers.port import FailureKind, ProviderFailed

if TYPE_CHECKING:
    from gateway.door import Parts

BACKOFF_SECONDS = 0.05
"""Before the first repetition half of it, on average; twice as much before each further one."""
BACKOFF_SECONDS_MAX = 1.0
WAIT_SECONDS_MAX = 1.0
"""Whoever wants to be left alone for longer is left for the next model."""


def seconds_to_repeat(
    leg: Leg, failure: ProviderFailed, times: int, prepared: Prepared, parts: "Parts"
) -> float | None:
    """
    Return after how long to ask the same model once more; None when the next one is asked at once.

    Only what may pass is repeated, within the call's deadline and the tenant's share of repeated calls.
    """
    wait = _wait_seconds(failure, times)
    if wait is None or times >= prepared.policy.whole("ai.retries_max") or parts.seconds() + wait >= leg.deadline:
        return None
    return wait if parts.retries.take(prepared.course.context.tenant_id) else None


def _wait_seconds(failure: ProviderFailed, times: int) -> float | None:
    told = failure.retry_after_seconds
    if not failure.passes or (told is None and failure.kind is FailureKind.RATE_LIMITED):
        return None
    backoff = min(BACKOFF_SECONDS * 2.0**times, BACKOFF_SECONDS_MAX)
    # All who failed at once do not come back at once.
    wait = (told or 0.0) + random.uniform(0, backoff)  # noqa: S311  # no secret
    return wait if wait <= WAIT_SECONDS_MAX else None
