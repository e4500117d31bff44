"""What whoever is connected hears of a failure, and what stands in the log."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from api.live.closing import CloseCode
from api.live.failures import unforeseen


@pytest.mark.parametrize(
    ("error", "reason", "logged_as"),
    [
        (PoolTimeout("postgresql://secret has none left"), "The database does not answer.", ("warning", "no frames")),
        (ZeroDivisionError("division of secret"), "Something went wrong on our side.", ("error", "frames")),
    ],
)
def test_coming_back_is_worth_it_and_only_a_fault_of_ours_leaves_its_frames(
    error: Exception, reason: str, logged_as: tuple[str, str]
) -> None:
    with capture_logs() as logged:
        refusal = unforeseen(error, "live.failed", tenant="acme")

    assert (refusal.code, refusal.reason) == (CloseCode.UNAVAILABLE, reason)
    assert not refusal.code.is_permanent
    (line,) = logged
    assert (line["log_level"], "frames" if "exc_info" in line else "no frames") == logged_as
    assert line["tenant"] == "acme"
    assert "secret" not in reason
