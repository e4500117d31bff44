"""The plans as data: what a tenant may have at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


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
        Plan(name="team", members_max=50, documents_max=10_000, tenant_month_micros_max=500_000_000),
        Plan(name="enterprise", members_max=None, documents_max=None, tenant_month_micros_max=None),
    )
}
