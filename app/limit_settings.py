"""The limits of delivery among the settings."""

from pydantic import Field
from pydantic_settings import BaseSettings

from api.limits import Limits

DEFAULTS = Limits()


class LimitSettings(BaseSettings):
    """What one request, frame or connection may ask for."""

    request_body_bytes_max: int = Field(
        DEFAULTS.request_body_bytes_max, gt=0, description="The largest body of an HTTP request."
    )
    frame_bytes_max: int = Field(
        DEFAULTS.frame_bytes_max, gt=0, description="The largest WebSocket message, and so the largest edit."
    )
    document_state_bytes_max: int = Field(
        DEFAULTS.document_state_bytes_max, gt=0, description="The largest document, as encoded by Yjs."
    )
    document_clients_max: int = Field(
        DEFAULTS.document_clients_max,
        gt=0,
        description="How many Yjs clients may have written in a document; each page load that types is one. "
        "A message must hold 14 bytes for each.",
    )
    event_bytes_max: int = Field(
        DEFAULTS.event_bytes_max, gt=0, description="The largest event, as JSON before it is compressed."
    )
    connections_per_document_max: int = Field(
        DEFAULTS.connections_per_document_max, gt=0, description="How many people may have one document open."
    )
    documents_per_connection_max: int = Field(
        DEFAULTS.documents_per_connection_max,
        gt=0,
        description="How many documents one Hocuspocus connection may carry.",
    )
    open_rooms_max: int = Field(
        DEFAULTS.open_rooms_max, gt=0, description="How many documents one process may have open for live editing."
    )
    open_rooms_bytes_max: int = Field(
        DEFAULTS.open_rooms_bytes_max,
        gt=0,
        description="How large they may be together, as encoded by Yjs; in memory they take about seven times that.",
    )
    idle_room_seconds: float = Field(
        DEFAULTS.idle_room_seconds, ge=0, description="How long a document stays open after the last who left it."
    )
    send_queue_frames_max: int = Field(
        DEFAULTS.send_queue_frames_max, gt=0, description="How many messages may wait for a slow connection."
    )
    send_queue_bytes_max: int = Field(
        DEFAULTS.send_queue_bytes_max, gt=0, description="How much may wait for a slow connection."
    )
    member_send_queue_bytes_max: int = Field(
        DEFAULTS.member_send_queue_bytes_max,
        gt=0,
        description="How much may wait for all connections of a member to one process; then the one that is the "
        "furthest behind is closed.",
    )
    tenant_send_queue_bytes_max: int = Field(
        DEFAULTS.tenant_send_queue_bytes_max,
        gt=0,
        description="How much may wait for all connections of a tenant to one process.",
    )
    receive_queue_frames_max: int = Field(
        DEFAULTS.receive_queue_frames_max, gt=0, description="How many messages of one client may wait for the log."
    )
    receive_queue_bytes_max: int = Field(
        DEFAULTS.receive_queue_bytes_max, gt=0, description="How much of one connection may wait for the log."
    )
    refused_tokens_max: int = Field(
        DEFAULTS.refused_tokens_max, gt=0, description="How many tokens one connection may try that open nothing."
    )
    unauthenticated_messages_max: int = Field(
        DEFAULTS.unauthenticated_messages_max,
        gt=0,
        description="How many messages may come before a token is accepted.",
    )
    unauthenticated_bytes_max: int = Field(
        DEFAULTS.unauthenticated_bytes_max, gt=0, description="How much may come before a token is accepted."
    )
    early_updates_max: int = Field(
        DEFAULTS.early_updates_max, gt=0, description="How many edits may come before those that they build on."
    )
    early_bytes_max: int = Field(
        DEFAULTS.early_bytes_max, gt=0, description="How much may come before what it builds on."
    )
    awareness_bytes_max: int = Field(
        DEFAULTS.awareness_bytes_max, gt=0, description="The largest presence message of one connection."
    )
    send_seconds_max: float = Field(
        DEFAULTS.send_seconds_max, gt=0, description="How long a connection may take nothing before it is dropped."
    )
    silent_seconds_max: float = Field(
        DEFAULTS.silent_seconds_max,
        gt=0,
        description="How long a Hocuspocus connection may say nothing before it is closed.",
    )
    keep_alive_seconds_max: float = Field(
        DEFAULTS.keep_alive_seconds_max, gt=0, description="How long a client hears nothing; some reconnect after 30 s."
    )
    held_status_seconds_max: float = Field(
        DEFAULTS.held_status_seconds_max,
        gt=0,
        description="How long statuses wait for a Hocuspocus client's answer to the question that begins a sync.",
    )
    unheard_seconds_max: float = Field(
        DEFAULTS.unheard_seconds_max,
        gt=0,
        description="How long nobody may listen to a live session over plain HTTP before it ends.",
    )
    http_sessions_per_member_max: int = Field(
        DEFAULTS.http_sessions_per_member_max,
        gt=0,
        description="How many live sessions over plain HTTP a member may have in one process.",
    )
    live_sessions_per_member_max: int = Field(
        DEFAULTS.live_sessions_per_member_max,
        gt=0,
        description="How many documents a member may have open in one process, each tab and program counted.",
    )
    live_sessions_per_tenant_max: int = Field(
        DEFAULTS.live_sessions_per_tenant_max,
        gt=0,
        description="How many documents the members of a tenant may have open in one process, counted alike.",
    )
    connection_messages_per_second_max: int = Field(
        DEFAULTS.connection_messages_per_second_max, gt=0, description="How fast one connection is read."
    )
    connection_bytes_per_second_max: int = Field(
        DEFAULTS.connection_bytes_per_second_max, gt=0, description="How fast one connection is read."
    )
    member_messages_per_second_max: int = Field(
        DEFAULTS.member_messages_per_second_max,
        gt=0,
        description="How fast all connections of a member to one process are read.",
    )
    member_bytes_per_second_max: int = Field(
        DEFAULTS.member_bytes_per_second_max,
        gt=0,
        description="How fast all connections of a member to one process are read.",
    )
    tenant_messages_per_second_max: int = Field(
        DEFAULTS.tenant_messages_per_second_max,
        gt=0,
        description="How fast all connections of a tenant to one process are read.",
    )
    tenant_bytes_per_second_max: int = Field(
        DEFAULTS.tenant_bytes_per_second_max,
        gt=0,
        description="How fast all connections of a tenant to one process are read.",
    )
    burst_seconds_max: float = Field(
        DEFAULTS.burst_seconds_max, gt=0, description="How many seconds' worth a sender may send at once."
    )
    slowed_seconds_max: float = Field(
        DEFAULTS.slowed_seconds_max,
        gt=0,
        description="How long a sender may be slowed before its connection is closed.",
    )

    @property
    def limits(self) -> Limits:
        """Return them as delivery takes them."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})
