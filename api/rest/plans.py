"""The plans, what each allows, and which one is the tenant's."""

from fastapi import APIRouter

from api.authentication import CallerDep, PlatformDep
from api.rest.models import Wire
from domain.directory.plans import PLANS
from projections import directory

router = APIRouter(prefix="/api/v1", tags=["tenant"])


class PlanModel(Wire):
    """Null is no cap."""

    name: str
    members_max: int | None
    documents_max: int | None
    tenant_month_micros_max: int | None
    currency: str = "USD"
    current: bool


class PlanList(Wire):
    items: list[PlanModel]
    next_cursor: None = None


@router.get("/plans")
async def list_plans(caller: CallerDep, platform: PlatformDep) -> PlanList:
    """List the plans."""
    async with platform.reads.as_app(caller.context) as connection:
        current = await directory.plan_of(connection, caller.context.tenant_id)
    return PlanList(
        items=[
            PlanModel(
                name=plan.name,
                members_max=plan.members_max,
                documents_max=plan.documents_max,
                tenant_month_micros_max=plan.tenant_month_micros_max,
                current=plan.name == current,
            )
            for plan in PLANS.values()
        ]
    )
