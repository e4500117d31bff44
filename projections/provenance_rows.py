"""The tables of whose text it is, and what their rows say."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Table, Text, Uuid

from domain.actor import Actor
from domain.provenance.attribution import Attribution, Origin
from domain.provenance.id_map import Claim, Stretch
from projections.projector import READ_MODELS

Row = dict[str, Any]


def _attribution_columns() -> tuple[Column[Any], ...]:
    return (
        Column("origin", Text),
        Column("author_ref", Text),
        Column("generation_id", Uuid),
        Column("accepted_by", Text),
    )


stretches = Table(
    "provenance_stretches",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("client", BigInteger, primary_key=True),
    Column("clock_from", BigInteger, primary_key=True),
    Column("clock_to", BigInteger),
    *_attribution_columns(),
    Column("relayed", Boolean),
    Column("at", DateTime(timezone=True)),
    Column("until", DateTime(timezone=True)),
    Column("position", BigInteger),
)
claims = Table(
    "provenance_claims",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("client", BigInteger, primary_key=True),
    Column("session_id", Text),
    Column("is_live", Boolean),
    *_attribution_columns(),
)


def stretch_of(row: Any) -> Stretch:
    return Stretch(
        client=row["client"],
        start=row["clock_from"],
        end=row["clock_to"],
        attribution=_attribution(row, relayed=row["relayed"]),
        at=row["at"],
        until=row["until"],
        position=row["position"],
    )


def claim_of(row: Any) -> Claim:
    return Claim(
        client=row["client"],
        session_id=row["session_id"],
        is_live=row["is_live"],
        attribution=_attribution(row, relayed=False),
    )


def _attribution(row: Any, *, relayed: bool) -> Attribution:
    return Attribution(
        origin=Origin(row["origin"]),
        author=Actor.parse(row["author_ref"]),
        generation_id=row["generation_id"],
        accepted_by=Actor.parse(row["accepted_by"]) if row["accepted_by"] else None,
        relayed=relayed,
    )


def stretch_row(stretch: Stretch) -> Row:
    return {
        "client": stretch.client,
        "clock_from": stretch.start,
        "clock_to": stretch.end,
        **_attribution_row(stretch.attribution),
        "relayed": stretch.attribution.relayed,
        "at": stretch.at,
        "until": stretch.until,
        "position": stretch.position,
    }


def claim_row(claim: Claim) -> Row:
    return {
        "client": claim.client,
        "session_id": claim.session_id,
        "is_live": claim.is_live,
        **_attribution_row(claim.attribution),
    }


def _attribution_row(attribution: Attribution) -> dict[str, UUID | str | None]:
    return {
        "origin": attribution.origin,
        "author_ref": str(attribution.author),
        "generation_id": attribution.generation_id,
        "accepted_by": str(attribution.accepted_by) if attribution.accepted_by else None,
    }
