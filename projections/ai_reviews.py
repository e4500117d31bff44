"""Findings that somebody has to judge, and the words that rules were told to let pass; inline, without a word."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Table, Text, Uuid, delete, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai_review.events import (
    AiReviewAnswerQuoted,
    AiReviewDecided,
    AiReviewEvent,
    AiReviewExceptionEnded,
    AiReviewExpired,
    AiReviewOpened,
)
from domain.evidence.events import DocumentErased
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS


class ReviewState(StrEnum):
    """NOTED: it made room for a newer one before anybody looked at it; it can be decided on all the same."""

    OPEN = "open"
    NOTED = "noted"
    DECIDED = "decided"


reviews = Table(
    "ai_reviews",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("review_id", Uuid, primary_key=True),
    Column("call_id", Uuid),
    Column("member_id", Uuid),
    Column("document_id", Uuid),
    Column("kind", Text),
    Column("rules", ARRAY(Text)),
    Column("found_by", Text),
    Column("withheld", Boolean),
    Column("source_documents", ARRAY(Uuid)),
    Column("state", Text),
    Column("opened_at", DateTime(timezone=True)),
    Column("position", BigInteger),
    Column("quoted_position", BigInteger),
    Column("decision", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Text),
    Column("decided_position", BigInteger),
)
exceptions = Table(
    "ai_review_exceptions",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("phrase_id", Uuid, primary_key=True),
    Column("rule", Text),
    Column("review_id", Uuid),
    Column("member_id", Uuid),
    Column("added_at", DateTime(timezone=True)),
    Column("added_by", Text),
    Column("position", BigInteger),
)


class AiReviewsProjector:
    """One row a finding, one a phrase that is excepted from a rule."""

    name, version = "ai_reviews", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {
            AiReviewOpened,
            AiReviewAnswerQuoted,
            AiReviewDecided,
            AiReviewExceptionEnded,
            AiReviewExpired,
            DocumentErased,
        }
    )
    tables = (reviews, exceptions)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            event = recorded.event
            if isinstance(event, DocumentErased):
                c = reviews.c
                about = or_(c.document_id == event.document_id, c.source_documents.contains([event.document_id]))
                await transaction.execute(delete(reviews).where(c.tenant_id == recorded.tenant_id, about))
                continue
            assert isinstance(event, AiReviewEvent)
            await _take(recorded, event, transaction)


async def _take(recorded: Recorded[Sealed], event: AiReviewEvent, transaction: AsyncConnection) -> None:
    of_it = (reviews.c.tenant_id == recorded.tenant_id, reviews.c.review_id == event.review_id)
    match event:
        case AiReviewOpened():
            await transaction.execute(insert(reviews).values(_row(recorded, event)).on_conflict_do_nothing())
            await _make_room(recorded, event.open_max, transaction)
        case AiReviewAnswerQuoted():
            await transaction.execute(update(reviews).where(*of_it).values(quoted_position=recorded.position))
        case AiReviewDecided():
            decided = {
                "state": ReviewState.DECIDED,
                "decision": event.decision,
                "decided_at": recorded.recorded_at,
                "decided_by": str(recorded.actor),
                "decided_position": recorded.position,
            }
            await transaction.execute(update(reviews).where(*of_it).values(decided))
            if event.exceptions:
                rows = [_exception(recorded, event, rule, phrase) for rule, phrase in event.exceptions]
                await transaction.execute(insert(exceptions).values(rows).on_conflict_do_nothing())
        case AiReviewExceptionEnded():
            c = exceptions.c
            gone = (c.tenant_id == recorded.tenant_id, c.phrase_id == event.phrase_id, c.position < recorded.position)
            await transaction.execute(delete(exceptions).where(*gone))
        case AiReviewExpired():
            await transaction.execute(delete(reviews).where(*of_it))


async def _make_room(recorded: Recorded[Sealed], open_max: int, transaction: AsyncConnection) -> None:
    """Let the oldest go from the queue, but not from the list."""
    c = reviews.c
    open_now = (c.tenant_id == recorded.tenant_id, c.state == ReviewState.OPEN, c.position <= recorded.position)
    beyond = select(c.review_id).where(*open_now).order_by(c.position.desc()).offset(max(1, open_max)).limit(1_000)
    too_many = update(reviews).where(c.tenant_id == recorded.tenant_id, c.review_id.in_(beyond.scalar_subquery()))
    await transaction.execute(too_many.values(state=ReviewState.NOTED))


def _row(recorded: Recorded[Sealed], opened: AiReviewOpened) -> dict[str, object]:
    return {
        "tenant_id": recorded.tenant_id,
        "review_id": opened.review_id,
        "call_id": opened.call_id,
        "member_id": opened.member_id,
        "document_id": opened.document_id,
        "kind": opened.kind,
        "rules": list(dict.fromkeys(rule for rule, _ in opened.phrases)),
        "found_by": opened.found_by,
        "withheld": opened.withheld,
        "source_documents": list(opened.source_documents),
        "state": ReviewState.OPEN,
        "opened_at": recorded.recorded_at,
        "position": recorded.position,
    }


def _exception(recorded: Recorded[Sealed], decided: AiReviewDecided, rule: str, phrase_id: UUID) -> dict[str, object]:
    return {
        "tenant_id": recorded.tenant_id,
        "phrase_id": phrase_id,
        "rule": rule,
        "review_id": decided.review_id,
        "member_id": decided.excepted_for,
        "added_at": recorded.recorded_at,
        "added_by": str(recorded.actor),
        "position": recorded.position,
    }
