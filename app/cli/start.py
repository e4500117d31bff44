"""`up` and `serve`: the two ways to run."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.loading import loading
from app.cli.output import refusing, run
from app.event_loop import fast_loop
from app.roles import Role

if TYPE_CHECKING:
    from app.settings import Settings

Host = Annotated[str | None, typer.Option(help="Address to listen on; default 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; default 8000, 0 takes any free one.")]


def up(
    data: Annotated[Path | None, typer.Option(help="Folder for everything that is kept.")] = None,
    host: Host = None,
    port: Port = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Start with nobody and nothing.")] = False,
) -> None:
    """Run everything here, with an embedded PostgreSQL; SIGTERM and Ctrl-C stop it cleanly."""
    with refusing():
        settings = _settings(data_dir=data, host=host, port=port)
    with loading():
        from app.embedded import run_embedded
        from app.spare_processes import spare_processes

    # Before the loop: what is forked shares whatever has begun.
    with spare_processes(1) as spare:
        run(run_embedded(settings, spare, demo=not no_demo), loop_factory=fast_loop)


def serve(
    role: Annotated[Role, typer.Option(help="Which part of the platform this process is.")] = Role.ALL,
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that share the port.")] = 1,
) -> None:
    """Run one role of a production installation; needs COLOPHON_DATABASE_URL and COLOPHON_MASTER_KEY."""
    with refusing():
        settings = _settings(host=host, port=port)
    with loading():
        from app.production import processes_beside, run_production
        from app.spare_processes import spare_processes

    with spare_processes(processes_beside(role, workers)) as spare:
        run(run_production(settings, role, spare, workers=workers), loop_factory=fast_loop)


def _settings(**given: Any) -> "Settings":
    """Read them, and let the log begin."""
    from app.settings import Settings
    from infra.logging import configure_logging
    from tenancy.context import current_context_or_none

    settings = Settings.load(**given)
    configure_logging(settings.log_level, stream=sys.stderr, context=current_context_or_none)
    return settings
