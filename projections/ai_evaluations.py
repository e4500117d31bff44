"""How often models were right on test sets: every run, and the newest of each model with each template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, Select, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.evaluations import AiModelEvaluated
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.ai_calls_seen import CallFilter
from projections.projector import READ_MODELS
from tenancy.context import TenantContext

ai_evaluations = Table(
    "ai_evaluations",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("evaluation_id", Uuid, primary_key=True),
    Column("position", BigInteger),
    Column("at", DateTime(timezone=True)),
    Column("purpose", Text),
    Column("template", Text),
    Column("template_version", Integer),
    Column("model", Text),
    Column("test_set", Text),
    Column("examples", Integer),
    Column("right_answers", Integer),
    Column("evaluated_by", Uuid),
)


class AiEvaluationsProjector:
    name, version = "ai_evaluations", 1
    handles: frozenset[type[Sealed]] = frozenset({AiModelEvaluated})
    tables = (ai_evaluations,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            event = recorded.event
            assert isinstance(event, AiModelEvaluated)
            row = insert(ai_evaluations).values(
                tenant_id=recorded.tenant_id,
                evaluation_id=event.evaluation_id,
                position=recorded.position,
                at=recorded.recorded_at,
                purpose=event.purpose,
                template=event.template,
                template_version=event.template_version,
                model=event.model,
                test_set=event.test_set,
                examples=event.examples,
                right_answers=event.right,
                evaluated_by=event.evaluated_by,
            )
            await transaction.execute(row.on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationCard:
    evaluation_id: UUID
    position: int
    at: datetime
    purpose: str
    template: str
    template_version: int
    model: str
    test_set: str
    examples: int
    right_answers: int
    evaluated_by: UUID | None

    @property
    def accuracy(self) -> float:
        return self.right_answers / self.examples


async def page(
    connection: AsyncConnection, reader: TenantContext, *, first: int, before_position: int | None = None
) -> list[EvaluationCard]:
    """Return up to `first` runs, the newest first, below a position of the log."""
    c = ai_evaluations.c
    query = select(*(c[name] for name in EvaluationCard.__dataclass_fields__)).where(c.tenant_id == reader.tenant_id)
    if before_position is not None:
        query = query.where(c.position < before_position)
    rows = await connection.execute(query.order_by(c.position.desc()).limit(first))
    return [EvaluationCard(**row._mapping) for row in rows]


async def count(connection: AsyncConnection, reader: TenantContext) -> int:
    """Return how many runs there are."""
    query = select(func.count()).where(ai_evaluations.c.tenant_id == reader.tenant_id)
    return int(await connection.scalar(query) or 0)


async def newest_counts(
    connection: AsyncConnection, reader: TenantContext, wanted: CallFilter
) -> Mapping[str | None, tuple[int, int]]:
    """
    Return by purpose, and for None together, how many answers were right of how many examples.

    Of each model with each template the newest run counts, before the end of what is asked about, whenever it was.
    """
    found: dict[str | None, tuple[int, int]] = {}
    for row in await connection.execute(_newest(reader, wanted)):
        found[row.purpose] = (int(row.right_answers), int(row.examples))
    if found:
        found[None] = (sum(right for right, _ in found.values()), sum(examples for _, examples in found.values()))
    return found


def _newest(reader: TenantContext, wanted: CallFilter) -> Select[Any]:
    c = ai_evaluations.c
    within = [c.tenant_id == reader.tenant_id]
    if wanted.until is not None:
        within.append(c.at < wanted.until)
    if wanted.purpose is not None:
        within.append(c.purpose == wanted.purpose)
    if wanted.model is not None:
        within.append(c.model == wanted.model)
    if wanted.provider is not None:
        within.append(func.split_part(c.model, "/", 1) == wanted.provider)
    task = (c.purpose, c.template, c.model)
    newest = select(*task, c.right_answers, c.examples).where(*within).ext(distinct_on(*task))
    runs = newest.order_by(*task, c.position.desc()).subquery()
    return select(
        runs.c.purpose,
        func.sum(runs.c.right_answers).label("right_answers"),
        func.sum(runs.c.examples).label("examples"),
    ).group_by(runs.c.purpose)
