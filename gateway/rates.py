"""How often a member may call and how many tokens a tenant may use in a minute."""

from typing import Protocol

from tenancy.context import TenantContext
from tenancy.policies import Policy


class MinuteLimits(Protocol):
    """Counts within the running minute."""

    async def enter(self, context: TenantContext, policy: Policy) -> None:
        """Count one call of the actor. Raises RateLimited, BudgetsUnavailable."""
        ...

    async def used(self, context: TenantContext, tokens: int) -> None:
        """Count tokens after a call; never raises."""
        ...
