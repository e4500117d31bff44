"""How the cache for questions in other words does: what it gave, and how often that would have been wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.platform import Platform
from domain.ai.likeness import Outcome
from gateway.likeness.rate import Compared, State, WrongHits, state_of, wrong_hits
from projections import like_questions
from projections.like_questions import Counted
from tenancy.context import TenantContext

COMPARED_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticCacheCard:
    """One purpose or template; `allowed` tells whether the tenant wants it now, `given` how many hits were given."""

    name: str
    allowed: bool
    state: State
    given: int
    found: WrongHits


async def semantic_cache_cards(platform: Platform, context: TenantContext) -> Sequence[SemanticCacheCard]:
    """Return what the tenant wants it for, and what it was seen for in 30 days."""
    policy = await platform.policies.of(context)
    allowed = policy.names("ai.semantic_cache")
    async with platform.reads.as_app(context) as connection:
        rows = await like_questions.counted(
            connection,
            context.tenant_id,
            since=platform.now() - COMPARED_WITHIN,
            similarity_permille_min=policy.whole("ai.semantic_cache_similarity_permille"),
        )
    cards = []
    for name in sorted({*allowed, *(row.name for row in rows)}):
        found = wrong_hits(compared_of(rows, name))
        state = state_of(
            found,
            compared_min=policy.whole("ai.semantic_cache_compared_min"),
            permille_max=policy.whole("ai.semantic_cache_wrong_hits_permille_max"),
        )
        given = sum(row.calls for row in rows if row.name == name and row.outcome is Outcome.GIVEN)
        cards.append(SemanticCacheCard(name=name, allowed=name in allowed, state=state, given=given, found=found))
    return cards


def compared_of(rows: Sequence[Counted], name: str) -> Sequence[Compared]:
    """Return what was compared under this name, by how probable it was."""
    mine = [row for row in rows if row.name == name and row.outcome is not Outcome.GIVEN]
    by_propensity = {
        propensity: [row for row in mine if row.propensity_permille == propensity]
        for propensity in sorted({row.propensity_permille for row in mine})
    }
    return [
        Compared(
            propensity_permille=propensity,
            compared=sum(row.calls for row in rows),
            wrong=sum(row.calls for row in rows if row.outcome is Outcome.DIFFERED),
        )
        for propensity, rows in by_propensity.items()
    ]
