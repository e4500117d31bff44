"""The plans as data: what a tenant may have at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from domain.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """None is no cap."""

    name: str
    members_max: int | None
    documents_max: int | None
    tenant_month_micros_max: int | None


PLANS: Final[Mapping[str, Plan]] = {
    plan.name: plan
    for plan in (
        Plan(name="free", members_max=5, documents_max=100, tenant_month_micros_max=5_000_000),
        Plan(name="team", members_max=50, documents_max=10_000, tenant_month_micros_max=1_000_000_000),
        Plan(name="enterprise", members_max=None, documents_max=None, tenant_month_micros_max=None),
    )
}


class PlanLimitReached(Conflict):
    """The tenant's plan allows no more of these."""

    code: ClassVar = "plan.limit_reached"

    def __init__(self, plan: Plan, what: str, maximum: int) -> None:
        super().__init__(f"The plan {plan.name} allows at most {maximum} {what}.")
        self.plan, self.what, self.maximum = plan, what, maximum

    def facts(self) -> dict[str, object]:
        return {"plan": self.plan.name, "limit": self.what, "maximum": self.maximum}


class UnknownPlan(Invalid):
    """There is no plan of this name."""

    code: ClassVar = "plan.unknown"

    def __init__(self) -> None:
        super().__init__(f"A plan is one of {', '.join(PLANS)}.")

    def facts(self) -> dict[str, object]:
        return {"plans": list(PLANS)}


def require_plan(name: str) -> Plan:
    """Return the plan of this name; raise UnknownPlan."""
    if name not in PLANS:
        raise UnknownPlan
    return PLANS[name]
