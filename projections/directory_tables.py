"""The directory's tables: tenants, members, invitations and credentials."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Column, DateTime, LargeBinary, Table, Text, Uuid

from projections.projector import READ_MODELS


def _moment(name: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True))


tenants = Table(
    "tenants",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("slug", Text),
    Column("name", Text),
    Column("plan", Text),
    _moment("opened_at"),
    _moment("suspended_at"),
)
members = Table(
    "members",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("email", Text),
    Column("name", Text),
    Column("role", Text),
    _moment("added_at"),
    _moment("removed_at"),
    Column("verifier_id", Uuid),
)
invitations = Table(
    "invitations",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("invitation_id", Uuid, primary_key=True),
    Column("member_id", Uuid),
    Column("email", Text),
    Column("name", Text),
    Column("role", Text),
    Column("secret_hash", LargeBinary),
    _moment("invited_at"),
    _moment("expires_at"),
    _moment("ended_at"),
)


def _credentials(table: str, key: str, ends: str, *more: Column[Any]) -> Table:
    return Table(
        table,
        READ_MODELS,
        Column("tenant_id", Uuid, primary_key=True),
        Column(key, Uuid, primary_key=True),
        Column("member_id", Uuid),
        Column("secret_hash", LargeBinary),
        _moment("expires_at"),
        _moment(ends),
        *more,
    )


api_keys = _credentials(
    "api_keys",
    "key_id",
    "revoked_at",
    Column("label", Text),
    Column("scopes", ARRAY(Text)),
    _moment("issued_at"),
)
sign_in_links = _credentials("sign_in_links", "link_id", "used_at")
sessions = _credentials("sessions", "session_id", "ended_at", _moment("started_at"))
