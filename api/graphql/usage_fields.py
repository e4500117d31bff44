"""Questions about usage and budgets, and the change of a budget."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api import spending, usage_reports
from api.commanding import command_context
from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import parts, uuid_in
from api.graphql.operation import Info
from api.graphql.usage import Budget, BudgetPeriod, Money, UsageDimension, UsageReport
from api.graphql.usage_forecast import UsageForecast
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.ai.set_budget import SetBudget
from domain.directory.decisions import NoSuchApiKey, NoSuchMember
from domain.ids import MemberId, TenantId
from gateway.budget import BudgetScope
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
        tag: Annotated[str | None, strawberry.argument(description="Which tag's values, grouped by TAG.")] = None,
        currency: Annotated[str | None, strawberry.argument(description="Default: that of the tenant now.")] = None,
    ) -> UsageReport:
        operation = info.context
        dimensions = [Dimension(str(dimension.value)) for dimension in group_by]
        found = await usage_reports.usage_report(
            operation.platform, operation.tenant, from_, to, dimensions, tag=tag, currency=currency
        )
        average = found.usage.per_tag_micros
        return UsageReport(
            from_=found.since,
            to=found.until,
            group_by=group_by,
            total=Money.of(found.usage.cost_micros, found.currency),
            per_tag=None if average is None else Money.of(average, found.currency),
            other_currencies=list(found.other_currencies),
            complete=found.usage.complete,
            as_of=found.as_of,
            found=found,
        )

    @resolved("What AI will have cost at the end of the month.", Requires(Permission.USAGE_READ))
    async def usage_forecast(self, info: Info) -> UsageForecast:
        return UsageForecast.of(await usage_reports.month_forecast(info.context.platform, info.context.tenant))

    @resolved("The budgets that a call of the caller, of another member, or with an API key draws on.", Requires(None))
    async def budgets(
        self,
        info: Info,
        member_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Somebody else's, for whoever may read usage.")
        ] = None,
        key_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Of calls with this key: one's own; any for whoever may read usage."),
        ] = None,
    ) -> list[Budget]:
        owner, key = _member(member_id), _key(key_id)
        cards = await spending.budget_cards(info.context.platform, info.context.tenant, owner, key)
        return [Budget.of(card) for card in cards]


@strawberry.input(description="Another limit for a budget.")
class BudgetSetInput:
    owner_id: strawberry.ID = strawberry.field(description="The tenant or one of its members.")
    period: BudgetPeriod = strawberry.field(description="A member has a budget for the day only.")
    hard_limit: Decimal = strawberry.field(description="In whole units of the currency, exact to a millionth.")
    currency: str | None = strawberry.field(default=None, description="That of the tenant; another one is refused.")
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
        scope, owner = _line(input.owner_id, input.period, info.context.tenant.tenant_id)
        currency = (await info.context.platform.policies.of(info.context.tenant)).text("ai.currency")
        if input.currency not in {None, currency}:
            raise spending.BudgetRefused
        command = SetBudget(
            budget=scope,
            limit_micros=_micros(input.hard_limit),
            member_id=owner,
            expected_version=input.expected_version,
        )
        receipt = await send(info.context, command, input.idempotency_key)
        card = await spending.budget_card(info.context.platform, info.context.tenant, scope, owner)
        return BudgetSetPayload(budget=Budget.of(card), receipt=WriteReceipt(position=receipt.position))


@strawberry.input(description="A budget that is to begin anew within its period.")
class BudgetResetInput:
    owner_id: strawberry.ID = strawberry.field(description="The tenant or one of its members.")
    period: BudgetPeriod = strawberry.field(description="A member has a budget for the day only.")
    reason: str = strawberry.field(description="Why, in 1 to 500 characters; it stays in the log.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The budget after the reset, or why there was none.")
class BudgetResetPayload(BudgetSetPayload):
    pass


@strawberry.type
class BudgetResetMutation:
    @resolved(
        "Let a budget begin anew: the ledger stays, and what was spent so far counts no more.",
        Requires(Permission.BUDGET_WRITE),
        AnswersRefusals(BudgetResetPayload),
    )
    async def budget_reset(
        self,
        info: Info,
        input: Annotated[BudgetResetInput, strawberry.argument(description="Which, and why.")],  # noqa: A002
    ) -> BudgetResetPayload:
        operation = info.context
        scope, owner = _line(input.owner_id, input.period, operation.tenant.tenant_id)
        context = command_context(operation.platform, operation.tenant, input.idempotency_key)
        card, receipt = await spending.reset_budget(operation.platform, context, scope, owner, input.reason)
        return BudgetResetPayload(budget=Budget.of(card), receipt=WriteReceipt(position=receipt.position))


def _line(owner_id: str, period: BudgetPeriod, tenant_id: TenantId) -> tuple[BudgetScope, MemberId | None]:
    match parts(owner_id), period:
        case ("Tenant", key), BudgetPeriod.DAY if uuid_in(key) == tenant_id:
            return BudgetScope.TENANT_DAY, None
        case ("Tenant", key), BudgetPeriod.MONTH if uuid_in(key) == tenant_id:
            return BudgetScope.TENANT_MONTH, None
        case ("Member", _), BudgetPeriod.DAY:
            return BudgetScope.MEMBER_DAY, _member(owner_id)
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


def _key(id_: str | None) -> UUID | None:
    match None if id_ is None else parts(id_):
        case None if id_ is None:
            return None
        case ("ApiKey", key) if found := uuid_in(key):
            return found
        case _:
            raise NoSuchApiKey
