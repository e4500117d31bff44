"""Questions about usage, budgets and models, and the change of a budget."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from api import spending
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import parts, uuid_in
from api.graphql.operation import Info
from api.graphql.usage import Budget, BudgetPeriod, Money, Provider, UsageDimension, UsageReport
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.ai.set_budget import SetBudget
from domain.directory.decisions import NoSuchMember
from domain.ids import MemberId, TenantId
from gateway.budget import BudgetScope
from gateway.prices import CURRENCY
from projections.ai_usage import Dimension
from tenancy.roles import Permission

_MICROS = 1_000_000


@strawberry.type
class UsageQuery:
    @resolved("What AI has cost in a period.", Requires(Permission.USAGE_READ))
    async def usage_report(
        self,
        info: Info,
        from_: Annotated[datetime, strawberry.argument(name="from", description="With its offset from UTC.")],
        to: Annotated[datetime, strawberry.argument(description="With its offset from UTC; not included.")],
        group_by: Annotated[list[UsageDimension], strawberry.argument(description="One to three dimensions.")],
    ) -> UsageReport:
        operation = info.context
        dimensions = [Dimension(str(dimension.value)) for dimension in group_by]
        found = await spending.usage_report(operation.platform, operation.tenant, from_, to, dimensions)
        return UsageReport(
            from_=found.since,
            to=found.until,
            group_by=group_by,
            total=Money.of(found.usage.cost_micros),
            complete=found.usage.complete,
            as_of=found.as_of,
            found=found,
        )

    @resolved("The budgets that a call of the caller, or of another member, draws on.", Requires(None))
    async def budgets(
        self,
        info: Info,
        member_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Somebody else's, for whoever may read usage.")
        ] = None,
    ) -> list[Budget]:
        owner = _member(member_id)
        cards = await spending.budget_cards(info.context.platform, info.context.tenant, owner)
        return [Budget.of(card) for card in cards]

    @resolved("The models of the tenant's routes, and how they do.", Requires(Permission.PROVIDER_READ))
    async def providers(self, info: Info) -> list[Provider]:
        cards = await spending.provider_cards(info.context.platform, info.context.tenant)
        return [Provider.of(card) for card in cards]


@strawberry.input(description="Another limit for a budget.")
class BudgetSetInput:
    owner_id: strawberry.ID = strawberry.field(description="The tenant or one of its members.")
    period: BudgetPeriod = strawberry.field(description="A member has a budget for the day only.")
    hard_limit: Decimal = strawberry.field(description="In whole units of the currency, exact to a millionth.")
    currency: str = strawberry.field(default=CURRENCY, description="Dollars, as everything here.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when the budget is no longer this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The budget after the change, or why there was none.")
class BudgetSetPayload:
    budget: Budget | None = strawberry.field(default=None, description="As it stands after the change.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class UsageMutation:
    @resolved("Limit a budget.", Requires(Permission.BUDGET_WRITE), AnswersRefusals(BudgetSetPayload))
    async def budget_set(
        self,
        info: Info,
        input: Annotated[BudgetSetInput, strawberry.argument(description="Which, and its limit.")],  # noqa: A002
    ) -> BudgetSetPayload:
        scope, owner = _line(input, info.context.tenant.tenant_id)
        command = SetBudget(
            budget=scope,
            limit_micros=_micros(input.hard_limit),
            member_id=owner,
            expected_version=input.expected_version,
        )
        receipt = await send(info.context, command, input.idempotency_key)
        card = await spending.budget_card(info.context.platform, info.context.tenant, scope, owner)
        return BudgetSetPayload(budget=Budget.of(card), receipt=WriteReceipt(position=receipt.position))


def _line(given: BudgetSetInput, tenant_id: TenantId) -> tuple[BudgetScope, MemberId | None]:
    if given.currency != CURRENCY:
        raise spending.BudgetRefused
    match parts(given.owner_id), given.period:
        case ("Tenant", key), BudgetPeriod.DAY if uuid_in(key) == tenant_id:
            return BudgetScope.TENANT_DAY, None
        case ("Tenant", key), BudgetPeriod.MONTH if uuid_in(key) == tenant_id:
            return BudgetScope.TENANT_MONTH, None
        case ("Member", _), BudgetPeriod.DAY:
            return BudgetScope.MEMBER_DAY, _member(given.owner_id)
        case _:
            raise spending.BudgetRefused


def _micros(amount: Decimal) -> int:
    micros = amount * _MICROS
    if not micros.is_finite() or micros != micros.to_integral_value():
        raise spending.BudgetRefused
    return int(micros)


def _member(id_: str | None) -> MemberId | None:
    if id_ is None:
        return None
    match parts(id_):
        case ("Member", key) if found := uuid_in(key):
            return MemberId(found)
        case _:
            raise NoSuchMember
