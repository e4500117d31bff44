"""The one reader of the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time of day, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # the one place
