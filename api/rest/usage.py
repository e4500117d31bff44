"""What AI has cost, and what it may cost."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api import spending, usage_reports
from api.authentication import Caller, CallerDep, PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import NeedsPermission
from api.spending import BudgetCard
from commands.ai.set_budget import SetBudget
from domain.budget.decisions import threshold_of
from domain.ids import MemberId
from gateway.budget import BudgetScope
from projections.ai_usage import Dimension
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["usage"])

UsageReader = Annotated[Caller, Depends(NeedsPermission(Permission.USAGE_READ))]
SetBy = Literal["default", "platform", "tenant", "member"]


class UsageRowModel(Wire):
    """One group: `labels` are names of those keys that have one; cached input counts as input."""

    keys: dict[Dimension, UUID | str | None]
    labels: dict[Dimension, str]
    calls: Annotated[int, Field(serialization_alias="requests")]
    input_tokens: int
    output_tokens: int
    cost_micros: int


class UsageModel(Wire):
    """
    `complete` is false when there are more rows than are shown; the totals are of all calls in any case.

    Sums are of one `currency`, never mixed; `other_currencies` are those of other calls of the period. `per_tag_micros`
    is what a value of the tag cost on average, where it is grouped by a tag alone.
    """

    from_: Annotated[datetime, Field(alias="from")]
    to: datetime
    group_by: list[Dimension]
    rows: list[UsageRowModel]
    total_calls: Annotated[int, Field(serialization_alias="total_requests")]
    total_micros: int
    per_tag_micros: int | None
    currency: str
    other_currencies: list[str]
    complete: bool
    as_of: datetime


class BudgetModel(Wire):
    """
    `reserved_micros` is held by calls that run; `binding` marks the budget that is used up first.

    `forgiven_micros` of what was spent counts no more, because somebody reset the budget; `threshold_percent` is the
    last of 50, 80 and 100 that is reached.
    """

    scope: BudgetScope
    limit_micros: int
    spent_micros: int
    forgiven_micros: int
    threshold_percent: int
    reserved_micros: int
    remaining_micros: int
    resets_at: datetime
    binding: bool
    set_by: SetBy
    version: int


class BudgetList(Wire):
    items: list[BudgetModel]
    currency: str
    next_cursor: None = None


class BudgetAnswer(BudgetModel):
    receipt: ReceiptModel


class LimitToSet(Wire):
    """Without `member_id`, member_day is set for every member that has no limit of its own."""

    limit_micros: int
    member_id: UUID | None = None


class ResetWanted(Wire):
    """Why; with `member_id` one member's day, without it the caller's own."""

    reason: str
    member_id: UUID | None = None


@router.get("/usage")
async def get_usage(
    caller: UsageReader,
    platform: PlatformDep,
    from_: Annotated[
        datetime | None, Query(alias="from", description="With an offset; default: this month's start.")
    ] = None,
    to: Annotated[datetime | None, Query(description="Not included; default: now.")] = None,
    group_by: Annotated[list[Dimension] | None, Query(description="One to three; default: by day.")] = None,
    tag: Annotated[str | None, Query(description="Which tag's values, with group_by=tag.")] = None,
    currency: Annotated[str | None, Query(description="Default: that of the tenant now.")] = None,
) -> UsageModel:
    """Sum up the calls of a period; the totals are those of the ledger, to the millionth."""
    wanted = group_by or [Dimension.DAY]
    report = await usage_reports.usage_report(platform, caller.context, from_, to, wanted, tag=tag, currency=currency)
    return UsageModel.model_validate(
        {
            "from": report.since,
            "to": report.until,
            "group_by": list(dict.fromkeys(wanted)),
            "rows": [UsageRowModel.model_validate(row) for row in report.usage.rows],
            "total_calls": report.usage.calls,
            "total_micros": report.usage.cost_micros,
            "per_tag_micros": report.usage.per_tag_micros,
            "currency": report.currency,
            "other_currencies": report.other_currencies,
            "complete": report.usage.complete,
            "as_of": report.as_of,
        }
    )


@router.get("/budgets")
async def list_budgets(
    caller: CallerDep,
    platform: PlatformDep,
    member_id: Annotated[UUID | None, Query(description="Somebody else's, for whoever may read usage.")] = None,
    key_id: Annotated[
        UUID | None,
        Query(description="Of calls with this API key: one's own; any for whoever may read usage."),
    ] = None,
) -> BudgetList:
    """List the budgets that a call of this person, or with this API key, would draw on."""
    cards = await spending.budget_cards(platform, caller.context, member_id, key_id)
    return BudgetList(
        items=[BudgetModel.model_validate(_budget(card)) for card in cards], currency=cards[0].standing.line.currency
    )


@router.put("/budgets/{scope}")
async def set_budget(
    scope: BudgetScope,
    wanted: LimitToSet,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> BudgetAnswer:
    """Limit a budget, for the calls that begin from now on; with If-Match only if nobody has changed it since."""
    command = SetBudget(
        budget=scope,
        limit_micros=wanted.limit_micros,
        member_id=None if wanted.member_id is None else MemberId(wanted.member_id),
        expected_version=expected_version,
    )
    receipt = await platform.executor.execute(command, context)
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    card = await spending.budget_card(platform, context.tenant, scope, wanted.member_id)
    answer = _budget(card) | {"version": receipt.stream_version, "receipt": receipt_model(receipt)}
    return BudgetAnswer.model_validate(answer)


@router.post("/budgets/{scope}/resets")
async def reset_budget(
    scope: BudgetScope, wanted: ResetWanted, context: CommandContextDep, platform: PlatformDep
) -> BudgetAnswer:
    """Let a budget begin anew within its period: the ledger stays, and what was spent so far counts no more."""
    card, receipt = await spending.reset_budget(platform, context, scope, wanted.member_id, wanted.reason)
    return BudgetAnswer.model_validate(_budget(card) | {"receipt": receipt_model(receipt)})


def _budget(card: BudgetCard) -> dict[str, object]:
    standing = card.standing
    return {
        "scope": standing.line.scope,
        "limit_micros": standing.line.limit_micros,
        "spent_micros": standing.spent_micros,
        "forgiven_micros": standing.forgiven_micros,
        "threshold_percent": threshold_of(standing.counted_micros, standing.line.limit_micros),
        "reserved_micros": standing.reserved_micros,
        "remaining_micros": standing.remaining_micros,
        "resets_at": standing.line.resets_at,
        "binding": card.binding,
        "set_by": card.set_by,
        "version": card.version,
    }
