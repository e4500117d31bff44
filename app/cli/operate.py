"""Migrate, watch and rebuild projections, check the installation."""

import asyncio
from typing import Annotated, Any

import typer

from app.cli.output import Json, run, show, table
from app.cli.target import DataDir, opened, target
from app.diagnosis import diagnose
from app.foundation import context_signer
from infra.postgres.migrate import migrate as migrate_database
from infra.postgres.role_logins import RoleLogins
from infra.start_refused import StartRefused
from projections.catalogue import CATCHING_UP, REBUILDABLE

WATCH_SECONDS = 1.0


class NoSuchProjection(StartRefused):
    """No projection has this name."""


def migrate(data: DataDir = None, as_json: Json = False) -> None:
    """Bring the database to the newest schema; repeating it changes nothing."""

    async def work() -> dict[str, object]:
        found = target(data)
        logins = RoleLogins(found.database_url, found.master_key)
        return {"revision": await migrate_database(found.database_url, logins, context_signer(found.master_key))}

    done = run(work())
    show(done, as_json=as_json, lines=[f"revision: {done['revision']}"])


def projections(
    action: Annotated[str | None, typer.Argument(help="`retry`: give streams that wait another try.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Print again every second.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show each projection's version, lag in events and waiting streams; or retry the waiting ones."""
    if action not in {None, "retry"}:
        raise typer.BadParameter("the only action is `retry`")

    async def work() -> None:
        async with opened(data) as colophon:
            while True:
                progress = await colophon.feed.progress(CATCHING_UP)
                if action == "retry":
                    done = 0
                    for row in progress:
                        if row.dead_letters:
                            done += await colophon.runner.retry(row.tenant_id, REBUILDABLE[row.projection])
                    show({"retried": done}, as_json=as_json, lines=[f"retried streams: {done}"])
                    return
                rows = _summed(progress)
                columns = ["projection", "version", "tenants", "lag", "dead_letters"]
                show(rows, as_json=as_json, lines=table(rows, columns))
                if not watch:
                    return
                await asyncio.sleep(WATCH_SECONDS)

    run(work())


def _summed(progress: Any) -> list[dict[str, Any]]:
    """Return one row a projection, over all tenants."""
    rows = []
    for projector in CATCHING_UP:
        of_it = [row for row in progress if row.projection == projector.name]
        rows.append(
            {
                "projection": projector.name,
                "version": projector.version,
                "tenants": len(of_it),
                "lag": sum(row.head - row.position for row in of_it),
                "dead_letters": sum(row.dead_letters for row in of_it),
            }
        )
    return rows


def rebuild(projection: str, data: DataDir = None, as_json: Json = False) -> None:
    """Build a projection again from the log, tenant by tenant; readers see the old rows until each is done."""

    async def work() -> dict[str, object]:
        projector = REBUILDABLE.get(projection)
        if projector is None:
            raise NoSuchProjection(f"There is no projection {projection!r}; there are: {', '.join(REBUILDABLE)}.")
        async with opened(data) as colophon:
            progress = await colophon.feed.progress([projector])
            for row in progress:
                await colophon.runner.rebuild(row.tenant_id, projector)
            return {"projection": projection, "tenants": len(progress)}

    done = run(work())
    show(done, as_json=as_json, lines=[f"rebuilt {done['projection']} for {done['tenants']} tenants"])


def doctor(
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Check every setting and dependency, and say how to mend what is wrong; exit 1 when anything is."""
    findings = run(diagnose(data))
    show(
        [finding.as_row() for finding in findings],
        as_json=as_json,
        lines=[finding.line() for finding in findings],
    )
    if any(not finding.ok for finding in findings):
        raise typer.Exit(1)
