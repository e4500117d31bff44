"""What live editing counts and times, of this process."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

OPEN_ROOMS = Gauge("colophon_live_rooms", "Documents that are open for live editing in this process.")
ROOM_BYTES = Gauge(
    "colophon_live_room_bytes", "Open documents, as encoded by Yjs; in memory they take about seven times that."
)
CONNECTIONS = Gauge("colophon_live_connections", "Live editing connections of this process.")
UPDATES = Counter("colophon_live_updates", "Updates of clients that were made durable.")
COMMIT_SECONDS = Histogram("colophon_live_commit_seconds", "From an admitted update to its commit.", buckets=_SECONDS)
FANOUT_SECONDS = Histogram(
    "colophon_live_fanout_seconds",
    "From an update's commit until it waits in the queue of each reader.",
    buckets=_SECONDS,
)
OPEN_SECONDS = Histogram(
    "colophon_live_open_seconds", "From the first who joins to an open document.", buckets=_SECONDS
)
CATCH_UPS = Counter("colophon_live_catch_ups", "Reads of the log for what other processes or requests have written.")
EVICTIONS = Counter("colophon_live_evictions", "Idle documents that were closed early to make room for others.")
REFUSALS = Counter("colophon_live_refusals", "Connections that were closed with a reason.", ["code"])
