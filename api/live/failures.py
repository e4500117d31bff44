"""What a connection ends with when nobody has foreseen its failure."""

from typing import Any

import structlog

from api.live.closing import CloseCode, ConnectionRefused
from api.problems import DATABASE_AWAY

log = structlog.get_logger()


def unforeseen(error: Exception, event: str, **about: Any) -> ConnectionRefused:
    """Log it, with its frames unless the database was away or had too much to do; say that coming back is worth it."""
    if isinstance(error, DATABASE_AWAY):
        log.warning("database.unavailable", error=type(error).__name__, **about)
        return ConnectionRefused(CloseCode.UNAVAILABLE, "The database does not answer.")
    log.error(event, error=type(error).__name__, exc_info=error, **about)
    return ConnectionRefused(CloseCode.UNAVAILABLE, "Something went wrong on our side.")
