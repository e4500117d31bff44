"""Move old sealed content out of PostgreSQL into files."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, operator

COLUMNS = ["tenant", "segments", "positions", "payloads", "bytes_before", "bytes_after"]


def archive(
    tenant: Annotated[str | None, typer.Option(help="The slug of one tenant; default: every tenant.")] = None,
    older_than: Annotated[
        int | None,
        typer.Option(
            min=0, help="Days; also what fills no whole segment. Default: whole segments, as `archive.after_days` says."
        ),
    ] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Archive the sealed content of old events; everything reads on as before. Interrupted, it is begun again."""

    async def work() -> list[dict[str, Any]]:
        from infra.event_store.archiver import Moved

        async with operator(data) as house:
            cards = await house.tenants() if tenant is None else [await house.tenant(tenant)]
            await house.colophon.evidence.sealer.seal()
            rows = []
            for card in cards:
                moved = await house.colophon.archive.archive(card.tenant_id, older_than_days=older_than)
                rows.append({"tenant": card.slug, "archived": moved is not None, **asdict(moved or Moved())})
            return rows

    rows = run(work())
    show(rows, as_json=as_json, lines=table(rows, COLUMNS))
