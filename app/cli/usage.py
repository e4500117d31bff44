"""What a tenant's AI calls have cost, and a budget that is to begin anew."""

import csv
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import Json, refused, run, show, table
from app.cli.target import DataDir, operator
from tenancy.context import tenant_scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from projections.ai_focus import Row
    from projections.ai_usage import Dimension, UsageRow

_MICROS = 1_000_000


budget = typer.Typer(help="Budgets of a tenant, its members and its keys.", no_args_is_help=True)


class Budget(StrEnum):
    """Those that somebody can name; a key's day begins anew with its owner's."""

    MEMBER_DAY = "member_day"
    TENANT_DAY = "tenant_day"
    TENANT_MONTH = "tenant_month"


class By(StrEnum):
    DAY = "day"
    MEMBER = "member"
    MODEL = "model"
    DOCUMENT = "document"
    PURPOSE = "purpose"
    API_KEY = "api_key"
    ENDPOINT = "endpoint"
    TAG = "tag"


def usage(
    tenant: Annotated[str, typer.Option("--tenant", help="The tenant's slug.")],
    by: Annotated[By, typer.Option("--by", help="What the calls are grouped by.")] = By.DAY,
    tag: Annotated[str | None, typer.Option("--tag", help="Which tag's values, with --by tag.")] = None,
    focus: Annotated[
        Path | None, typer.Option("--focus", help="Write the month so far there as CSV, in the columns of FOCUS 1.2.")
    ] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show what AI has cost this month, to the millionth of the ledger, and what the month will come to."""
    if focus is not None and focus.exists():
        refused(f"{focus} exists already.")

    async def work() -> dict[str, Any]:
        from api import usage_reports
        from projections.ai_usage import Dimension

        dimension = Dimension(by)
        async with operator(data) as house:
            context = await house.context_for(tenant)
            with tenant_scope(context):
                platform = house.colophon.platform
                report = await usage_reports.usage_report(platform, context, None, None, [dimension], tag=tag)
                month = await usage_reports.month_forecast(platform, context)
                if focus is not None:
                    await _write_focus(focus, await usage_reports.focus_rows(platform, context, None, None))
            found = report.usage
            return {
                "from": report.since,
                "to": report.until,
                "rows": [_row(row, dimension) for row in found.rows],
                "total_requests": found.calls,
                "total_micros": found.cost_micros,
                "complete": found.complete,
                "currency": report.currency,
                "other_currencies": list(report.other_currencies),
                "per_tag_micros": found.per_tag_micros,
                "expected_micros": month.forecast.expected_micros,
                "expected_from": str(month.forecast.basis),
            }

    done = run(work())
    columns = [by, "name", "requests", "input_tokens", "output_tokens", "cost_micros"]
    currency = done["currency"]
    lines = [
        *table(done["rows"], columns),
        "",
        f"at the end of the month: {done['expected_micros'] / _MICROS:.6f} {currency} ({done['expected_from']})",
        f"total: {done['total_micros'] / _MICROS:.6f} {currency}",
    ]
    show(done, as_json=as_json, lines=lines)


async def _write_focus(file: Path, pages: "AsyncIterator[Sequence[Row]]") -> None:
    with file.open("x", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        async for rows in pages:
            writer.writerows(rows)


def _row(row: "UsageRow", dimension: "Dimension") -> dict[str, Any]:
    return {
        str(dimension): row.keys[dimension],
        "name": row.labels.get(dimension),
        "requests": row.calls,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost_micros": row.cost_micros,
    }


@budget.command(epilog='Example: colophon budget reset tenant_day --tenant acme --reason "A new contract."')
def reset(
    scope: Annotated[Budget, typer.Argument(help="Whose budget, and for how long.")],
    tenant: Annotated[str, typer.Option("--tenant", help="The tenant's slug.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in 1 to 500 characters; it stays in the log.")],
    member: Annotated[
        str | None, typer.Option("--member", help="E-mail address of the member whose day it is, with member_day.")
    ] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Let a budget begin anew within its period: the ledger stays, and what was spent so far counts no more."""
    if (member is None) is (scope is Budget.MEMBER_DAY):
        raise typer.BadParameter("give it with member_day, and only then", param_hint="--member")

    async def work() -> dict[str, Any]:
        from api import spending
        from commands.event_log import CommandContext
        from gateway.budget import BudgetScope

        async with operator(data) as house:
            context = await house.context_for(tenant)
            with tenant_scope(context):
                owner = None if member is None else (await house.member(context.tenant_id, member)).member_id
                platform = house.colophon.platform
                command = CommandContext(tenant=context, command_id=platform.new_id(), now=platform.now())
                card, receipt = await spending.reset_budget(platform, command, BudgetScope(scope), owner, reason)
            standing = card.standing
            return {
                "scope": str(scope),
                "limit_micros": standing.line.limit_micros,
                "spent_micros": standing.spent_micros,
                "forgiven_micros": standing.forgiven_micros,
                "remaining_micros": standing.remaining_micros,
                "currency": standing.line.currency,
                "position": receipt.position,
            }

    done = run(work())
    show(done, as_json=as_json, lines=[f"{name}: {value}" for name, value in done.items()])
