"""A provider's status and headers tell whose fault it is, whether asking again may help, and when."""

import pytest

from gateway.providers.failures import RETRY_AFTER_SECONDS_MAX, of_status, retry_after_seconds
from gateway.providers.port import FailureKind

NOW, IN_TWENTY_SECONDS = "Sun, 22 Nov 2026 04:00:00 GMT", "Sun, 22 Nov 2026 04:00:20 GMT"


@pytest.mark.parametrize(
    ("status", "kind", "passes"),
    [
        (200, FailureKind.UNAVAILABLE, True),
        (400, FailureKind.REFUSED, False),
        (401, FailureKind.UNAVAILABLE, False),
        (403, FailureKind.UNAVAILABLE, False),
        (404, FailureKind.REFUSED, False),
        (408, FailureKind.UNAVAILABLE, True),
        (409, FailureKind.UNAVAILABLE, True),
        (429, FailureKind.RATE_LIMITED, True),
        (500, FailureKind.UNAVAILABLE, True),
        (503, FailureKind.UNAVAILABLE, True),
        (529, FailureKind.UNAVAILABLE, True),
    ],
)
def test_a_status_says_whose_fault_it_is_and_whether_it_passes(status: int, kind: FailureKind, *, passes: bool) -> None:
    failure = of_status(status, {})
    assert (failure.kind, failure.passes, failure.reason) == (kind, passes, str(status))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "20"}, 1.5),
        ({"retry-after": IN_TWENTY_SECONDS, "date": NOW}, 20.0),
        ({"retry-after": NOW, "date": IN_TWENTY_SECONDS}, 0.0),
        ({"retry-after": "86400"}, RETRY_AFTER_SECONDS_MAX),
        ({"retry-after": IN_TWENTY_SECONDS}, None),
        ({"retry-after": "soon", "date": NOW}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "9" * 5_000}, None),
        ({"retry-after": "Sun, 22 Nov 2026 04:00:20 -0000", "date": NOW}, 20.0),
    ],
)
def test_how_long_to_wait_is_told_in_seconds_or_by_a_date_and_is_bounded(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_seconds(headers) == seconds
