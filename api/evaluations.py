"""Runs of test sets, put together for every surface."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.platform import Platform
from projections import ai_evaluations
from projections.ai_evaluations import EvaluationCard
from projections.directory import members_by_id
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A run, and the name of who reported it."""

    card: EvaluationCard
    member_name: str | None


async def evaluation_page(
    platform: Platform, context: TenantContext, *, first: int, before_position: int | None
) -> Sequence[Evaluated]:
    """Return up to `first` runs, the newest first."""
    async with platform.reads.as_app(context) as connection:
        cards = await ai_evaluations.page(connection, context, first=first, before_position=before_position)
        ids = {one.evaluated_by for one in cards if one.evaluated_by is not None}
        members = await members_by_id(connection, context.tenant_id, list(ids)) if ids else {}
    return [
        Evaluated(card=one, member_name=members[one.evaluated_by].name if one.evaluated_by in members else None)
        for one in cards
    ]


async def evaluation_count(platform: Platform, context: TenantContext) -> int:
    """Return how many runs there are."""
    async with platform.reads.as_app(context) as connection:
        return await ai_evaluations.count(connection, context)
