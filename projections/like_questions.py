"""Calls whose question was much like one from before: what was given, and what was compared with a model's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.events import AiCallSettled
from domain.ai.likeness import LikeQuestion, Outcome
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

ai_like_questions = Table(
    "ai_like_questions",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("call_id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True)),
    Column("name", Text),
    Column("outcome", Text),
    Column("similarity_permille", Integer),
    Column("propensity_permille", Integer),
    Column("position", BigInteger),
)


class LikeQuestionsProjector:
    name, version = "ai_like_questions", 1
    handles: frozenset[type[Sealed]] = frozenset({AiCallSettled})
    tables = (ai_like_questions,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            call = recorded.event
            assert isinstance(call, AiCallSettled)
            found = LikeQuestion.among(call.verdicts)
            if found is None:
                continue
            row = insert(ai_like_questions).values(
                tenant_id=recorded.tenant_id,
                call_id=call.call_id,
                at=recorded.recorded_at,
                name=found.name,
                outcome=found.outcome,
                similarity_permille=found.similarity_permille,
                propensity_permille=found.propensity_permille,
                position=recorded.position,
            )
            await transaction.execute(row.on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    name: str
    outcome: Outcome
    propensity_permille: int
    calls: int


async def counted(
    connection: AsyncConnection, tenant_id: TenantId, *, since: datetime, similarity_permille_min: int
) -> Sequence[Counted]:
    """Return how often which outcome was seen, for questions at least so much alike."""
    rows = ai_like_questions.c
    key = (rows.name, rows.outcome, rows.propensity_permille)
    query = (
        select(*key, func.count().label("calls"))
        .where(rows.tenant_id == tenant_id, rows.at >= since, rows.similarity_permille >= similarity_permille_min)
        .group_by(*key)
        .order_by(*key)
    )
    return [
        Counted(
            name=row.name, outcome=Outcome(row.outcome), propensity_permille=row.propensity_permille, calls=row.calls
        )
        for row in await connection.execute(query)
    ]
