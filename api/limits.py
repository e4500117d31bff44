"""The limits of delivery, each with its unit in its name."""

from dataclasses import dataclass

from commands.event_log import EVENT_BYTES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request, frame or connection may ask for; settings may change them."""

    request_body_bytes_max: int = 10 * 1024 * 1024
    frame_bytes_max: int = 2 * 1024 * 1024
    document_state_bytes_max: int = 50 * 1024 * 1024
    connections_per_document_max: int = 500
    receive_queue_frames_max: int = 256
    receive_queue_bytes_max: int = 8 * 1024 * 1024
    early_updates_max: int = 1_000
    early_bytes_max: int = 4 * 1024 * 1024
    send_queue_frames_max: int = 2_000
    send_queue_bytes_max: int = 16 * 1024 * 1024
    awareness_bytes_max: int = 64 * 1024
    event_bytes_max: int = EVENT_BYTES_MAX
    send_seconds_max: float = 30.0
