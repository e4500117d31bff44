"""The limits of delivery, each with its unit in its name."""

from dataclasses import dataclass

from commands.body_states import DOCUMENT_STATE_BYTES_MAX
from commands.event_log import EVENT_BYTES_MAX

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request, frame or connection may ask for; settings may change them."""

    request_body_bytes_max: int = 10 * MIB
    frame_bytes_max: int = 2 * MIB
    document_state_bytes_max: int = DOCUMENT_STATE_BYTES_MAX
    document_clients_max: int = 100_000
    connections_per_document_max: int = 500
    open_rooms_max: int = 5_000
    open_rooms_bytes_max: int = 256 * MIB
    idle_room_seconds: float = 30.0
    documents_per_connection_max: int = 100
    send_queue_frames_max: int = 2_000
    send_queue_bytes_max: int = 16 * MIB
    member_send_queue_bytes_max: int = 64 * MIB
    tenant_send_queue_bytes_max: int = 256 * MIB
    receive_queue_frames_max: int = 256
    receive_queue_bytes_max: int = 8 * MIB
    refused_tokens_max: int = 100
    unauthenticated_messages_max: int = 1_000
    unauthenticated_bytes_max: int = 5 * MIB
    early_updates_max: int = 1_000
    early_bytes_max: int = 4 * MIB
    awareness_bytes_max: int = 64 * KIB
    event_bytes_max: int = EVENT_BYTES_MAX
    send_seconds_max: float = 30.0
    silent_seconds_max: float = 60.0
    keep_alive_seconds_max: float = 15.0
    held_status_seconds_max: float = 1.0
    unheard_seconds_max: float = 30.0
    http_sessions_per_member_max: int = 50
    live_sessions_per_member_max: int = 2_000
    live_sessions_per_tenant_max: int = 20_000
    connection_messages_per_second_max: int = 2_000
    connection_bytes_per_second_max: int = 4 * MIB
    member_messages_per_second_max: int = 10_000
    member_bytes_per_second_max: int = 16 * MIB
    tenant_messages_per_second_max: int = 20_000
    tenant_bytes_per_second_max: int = 64 * MIB
    burst_seconds_max: float = 8.0
    slowed_seconds_max: float = 60.0
