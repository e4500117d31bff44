"""What a tenant's AI calls have cost."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, operator
from tenancy.context import tenant_scope

if TYPE_CHECKING:
    from projections.ai_usage import Dimension, UsageRow

_MICROS = 1_000_000


class By(StrEnum):
    DAY = "day"
    MEMBER = "member"
    MODEL = "model"
    DOCUMENT = "document"
    PURPOSE = "purpose"


def usage(
    tenant: Annotated[str, typer.Option("--tenant", help="The tenant's slug.")],
    by: Annotated[By, typer.Option("--by", help="What the calls are grouped by.")] = By.DAY,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show what AI has cost this month, to the micro-dollar of the ledger."""

    async def work() -> dict[str, Any]:
        from api import spending
        from projections.ai_usage import Dimension

        dimension = Dimension(by)
        async with operator(data) as house:
            context = await house.context_for(tenant)
            with tenant_scope(context):
                report = await spending.usage_report(house.colophon.platform, context, None, None, [dimension])
            found = report.usage
            return {
                "from": report.since,
                "to": report.until,
                "rows": [_row(row, dimension) for row in found.rows],
                "total_requests": found.calls,
                "total_micros": found.cost_micros,
                "complete": found.complete,
            }

    done = run(work())
    columns = [by, "name", "requests", "input_tokens", "output_tokens", "cost_micros"]
    lines = [*table(done["rows"], columns), "", f"total: {done['total_micros'] / _MICROS:.6f} USD"]
    show(done, as_json=as_json, lines=lines)


def _row(row: "UsageRow", dimension: "Dimension") -> dict[str, Any]:
    return {
        str(dimension): row.keys[dimension],
        "name": row.labels.get(dimension),
        "requests": row.calls,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost_micros": row.cost_micros,
    }
