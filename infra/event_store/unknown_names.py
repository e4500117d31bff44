"""Events whose name this version does not know: kept, passed over, and each name reported once by each process."""

import structlog
from prometheus_client import Counter

NAMES_REPORTED_MAX = 1_000

log = structlog.get_logger()

_read = Counter("colophon_log_unknown_events_total", "Events read whose name this version does not know.")
_reported: set[str] = set()


def report(name: str) -> None:
    """Count the event, and say in the log which name it was unless that was said before."""
    _read.inc()
    if name not in _reported and len(_reported) < NAMES_REPORTED_MAX:
        _reported.add(name)
        log.warning("log.event_name_unknown", name=name)
