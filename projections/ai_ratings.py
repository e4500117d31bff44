"""How good people found the answers of models: one row for each member and call, to be joined with the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, SmallInteger, Table, Uuid, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai.events import AiCallRated
from domain.ids import TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.ai_ledger import ai_calls
from projections.projector import READ_MODELS

ai_ratings = Table(
    "ai_ratings",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("call_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("rating", SmallInteger),
    Column("rated_at", DateTime(timezone=True)),
    Column("times", Integer),
    Column("position", BigInteger),
)
"""
`call_id` is that of `ai_calls`; `member_id` is who rated, which need not be who called. `rating` is from 1 to 5, the
newest of this member; `rated_at` and `position` say when and where in the log that one was given, `times` how often
this member has rated the call. Comments are not here: they are read from the log, where they can be erased.
"""


class AiRatingsProjector:
    name, version = "ai_ratings", 1
    handles: frozenset[type[Sealed]] = frozenset({AiCallRated})
    tables = (ai_ratings,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        """A rating that comes a second time changes nothing: it is not newer than what is there."""
        for recorded in batch:
            rated = recorded.event
            assert isinstance(rated, AiCallRated)
            put = insert(ai_ratings).values(
                tenant_id=recorded.tenant_id,
                call_id=rated.call_id,
                member_id=rated.rated_by,
                rating=rated.rating,
                rated_at=recorded.recorded_at,
                times=1,
                position=recorded.position,
            )
            newer = {name: getattr(put.excluded, name) for name in ("rating", "rated_at", "position")}
            await transaction.execute(
                put.on_conflict_do_update(
                    index_elements=[column.name for column in ai_ratings.primary_key],
                    set_={**newer, "times": ai_ratings.c.times + 1},
                    where=ai_ratings.c.position < put.excluded.position,
                )
            )


@dataclass(frozen=True, slots=True)
class RatedCall:
    """A call in the ledger that somebody has rated: where its fact stands, and the mean of its members' ratings."""

    call_id: UUID
    position: int
    rating: float


async def newest_rating(connection: AsyncConnection, tenant_id: TenantId) -> int:
    """Return where in the log the tenant's last rating stands; 0 before the first."""
    query = select(func.max(ai_ratings.c.position)).where(ai_ratings.c.tenant_id == tenant_id)
    return await connection.scalar(query) or 0


async def rated_calls(connection: AsyncConnection, tenant_id: TenantId, *, newest: int) -> list[RatedCall]:
    """Return so many of the calls that were rated, the newest calls of them, in the order of the calls."""
    rating = func.avg(ai_ratings.c.rating).label("rating")
    query = (
        select(ai_calls.c.call_id, ai_calls.c.position, rating)
        .join(
            ai_ratings, and_(ai_ratings.c.tenant_id == ai_calls.c.tenant_id, ai_ratings.c.call_id == ai_calls.c.call_id)
        )
        .where(ai_calls.c.tenant_id == tenant_id)
        .group_by(ai_calls.c.call_id, ai_calls.c.position)
        .order_by(ai_calls.c.position.desc())
        .limit(newest)
    )
    found = [RatedCall(row.call_id, row.position, float(row.rating)) for row in await connection.execute(query)]
    return found[::-1]
