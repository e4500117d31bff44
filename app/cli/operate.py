"""Migrate, watch and rebuild projections, check the installation."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.loading import loading
from app.cli.output import Json, refused, run, show, table
from app.cli.target import DataDir, opened

if TYPE_CHECKING:
    from app.bootstrap import Colophon
    from projections.projector import Progress, Projector

WATCH_SECONDS = 1.0


def migrate(data: DataDir = None, as_json: Json = False) -> None:
    """Bring the database to the newest schema; repeating it changes nothing."""

    async def work() -> dict[str, object]:
        from app.master_keys import migrated
        from app.target import target

        found = target(data)
        return {"revision": await migrated(found.master_keys, found.database_url, found.settings.keystore)}

    done = run(work())
    show(done, as_json=as_json, lines=[f"revision: {done['revision']}"])


class Action(StrEnum):
    """What can be done about projections besides looking at them."""

    RETRY = "retry"
    ROLLBACK = "rollback"
    FORGET = "forget"


def projections(
    action: Annotated[
        Action | None,
        typer.Argument(
            help="`retry`: give streams that wait another try. `rollback PROJECTION`: read the version before again. "
            "`forget PROJECTION`: let go of the version before."
        ),
    ] = None,
    projection: Annotated[str | None, typer.Argument(help="Which one; `retry` takes all of them without it.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Show which streams wait, where, and why.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Print again every second.")] = False,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show each projection's versions, how far it is behind and how many streams wait; or do something about it."""
    if action in {Action.ROLLBACK, Action.FORGET} and projection is None:
        raise typer.BadParameter(f"`{action}` needs the name of a projection")
    from projections.catalogue import CATCHING_UP

    chosen = [_named(projection)] if projection else list(CATCHING_UP)

    async def work() -> None:
        async with opened(data) as colophon:
            match action:
                case Action.RETRY:
                    await _retry(colophon, chosen, as_json=as_json)
                case Action.ROLLBACK | Action.FORGET:
                    await _change_version(colophon, action, chosen[0], as_json=as_json)
                case None:
                    await _show(colophon, chosen, dead=dead, as_json=as_json)
                    while watch:
                        await asyncio.sleep(WATCH_SECONDS)
                        await _show(colophon, chosen, dead=dead, as_json=as_json)

    run(work())


async def _show(colophon: "Colophon", chosen: "Sequence[Projector]", *, dead: bool, as_json: bool) -> None:
    if dead:
        rows = [asdict(stream) for stream in await colophon.feed.waiting_streams(chosen)]
        columns = ["projection", "version", "tenant_id", "stream_id", "position", "error", "failed_at"]
    else:
        rows = [_row(progress) for progress in await colophon.feed.progress(chosen)]
        columns = list(rows[0])
    show(rows, as_json=as_json, lines=table(rows, columns))


def _row(progress: "Progress") -> dict[str, Any]:
    # Of several versions the oldest is shown: the news is that it is still read.
    return {
        "projection": progress.projection,
        "version": progress.version,
        "active_version": min(progress.active_versions, default=None),
        "building": progress.building,
        "tenants": progress.tenants,
        "lag": progress.lag_events,
        "lag_seconds": round(progress.lag_seconds, 3),
        "dead_letters": progress.dead_letters,
    }


async def _retry(colophon: "Colophon", chosen: "Sequence[Projector]", *, as_json: bool) -> None:
    """Exit 1 when a stream waits still."""
    by_name = {p.name: p for p in chosen}
    waiting = {(stream.tenant_id, stream.projection) for stream in await colophon.feed.waiting_streams(chosen)}
    retried = sum([await colophon.builder.retry(tenant_id, by_name[name]) for tenant_id, name in waiting])
    left = len(await colophon.feed.waiting_streams(chosen))
    lines = [f"retried streams: {retried}"]
    if left:
        lines.append(f"still waiting: {left} (`colophon projections --dead` shows them)")
    show({"retried": retried, "waiting": left}, as_json=as_json, lines=lines)
    if left:
        raise typer.Exit(1)


async def _change_version(colophon: "Colophon", action: Action, projector: "Projector", *, as_json: bool) -> None:
    from projections.builder import NoFormerVersion

    change = colophon.builder.roll_back if action is Action.ROLLBACK else colophon.builder.forget_former
    tenants = 0
    for tenant_id in await colophon.feed.tenants():
        # Somebody who came later has had one version only.
        with suppress(NoFormerVersion):
            await change(tenant_id, projector)
            tenants += 1
    if not tenants:
        raise NoFormerVersion
    done = "rolled back" if action is Action.ROLLBACK else "forgot the former version of"
    lines = [f"{done} {projector.name} for {tenants} tenants"]
    show({"projection": projector.name, "tenants": tenants}, as_json=as_json, lines=lines)


def rebuild(projection: str, data: DataDir = None, as_json: Json = False) -> None:
    """Build a projection again from the log beside the one that is read, and switch, tenant by tenant."""
    projector = _named(projection)

    async def work() -> dict[str, object]:
        async with opened(data) as colophon:
            tenants = await colophon.feed.tenants()
            waiting = sum([len(await colophon.builder.rebuild(tenant_id, projector)) for tenant_id in tenants])
            return {"projection": projection, "tenants": len(tenants), "waiting": waiting}

    done = run(work())
    lines = [f"rebuilt {done['projection']} for {done['tenants']} tenants"]
    if done["waiting"]:
        lines.append(f"waiting streams: {done['waiting']} (`colophon projections --dead` shows them)")
    show(done, as_json=as_json, lines=lines)


def _named(projection: str) -> "Projector":
    from projections.catalogue import REBUILDABLE

    projector = REBUILDABLE.get(projection)
    if projector is None:
        refused(f"There is no projection {projection!r}; there are: {', '.join(REBUILDABLE)}.")
    return projector


def doctor(
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Check every setting and dependency, and say how to mend what is wrong; exit 1 when anything is."""
    with loading():
        from app.diagnosis import diagnose

    findings = run(diagnose(data))
    show(
        [finding.as_row() for finding in findings],
        as_json=as_json,
        lines=[finding.line() for finding in findings],
    )
    if any(not finding.ok for finding in findings):
        raise typer.Exit(1)
