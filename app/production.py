"""One role of an installation whose parts run elsewhere."""

import socket
from contextlib import AsyncExitStack

from app.bootstrap import build
from app.indexing import indexing_beside
from app.master_keys import as_in_use
from app.roles import Role
from app.serving import serving
from app.settings import Settings
from app.spare_processes import SpareProcesses
from app.up import listening_socket, served_url
from app.web import Plane, create_app
from app.workers import kept_running, run_spawned
from infra.start_refused import StartRefused

_PLANES: dict[Role, frozenset[Plane]] = {
    Role.ALL: frozenset({Plane.DATA, Plane.CONTROL}),
    Role.API: frozenset({Plane.DATA}),
    Role.CONTROL: frozenset({Plane.CONTROL}),
    Role.WORKER: frozenset(),
}


_WORKING = frozenset({Role.ALL, Role.WORKER})


class ProductionRefused(StartRefused):
    """Production needs a database and a master key of its own."""


def processes_beside(role: Role, workers: int) -> int:
    """Return how many further ones it takes: those that share the port, and the one that indexes."""
    return workers - 1 + (role in _WORKING)


async def run_production(settings: Settings, role: Role, spare: SpareProcesses, *, workers: int = 1) -> None:
    """Run until SIGTERM or Ctrl-C. Raises StartRefused."""
    if settings.database_url is None or settings.master_keys is None:
        raise ProductionRefused(
            "`serve` needs COLOPHON_DATABASE_URL and COLOPHON_MASTER_KEY. For everything embedded use `colophon up`."
        )
    listener = listening_socket(settings.host, settings.port)
    try:
        async with kept_running(lambda: spare.started(_run_in_process, settings, role, listener), workers - 1):
            await _run_one(settings, role, listener, spare)
    finally:
        listener.close()


def _run_in_process(settings: Settings, role: Role, listener: socket.socket) -> None:
    run_spawned(_run_one(settings, role, listener), log_level=settings.log_level)


async def _run_one(
    settings: Settings, role: Role, listener: socket.socket, indexes: SpareProcesses | None = None
) -> None:
    assert settings.database_url is not None
    assert settings.master_keys is not None
    database_url = settings.database_url.get_secret_value()
    installation = settings.installation(
        database_url=database_url,
        master_keys=await as_in_use(settings.master_keys, database_url, settings.keystore),
        public_url=settings.public_url or served_url(listener),
    )
    colophon, works = build(installation), role in _WORKING
    async with AsyncExitStack() as stack:
        stack.push_async_callback(colophon.stop)
        await colophon.start(work=works, indexing=False)
        if works and indexes is not None:
            indexing = indexing_beside(colophon, installation, indexes, log_level=settings.log_level)
            await stack.enter_async_context(indexing)
        app = create_app(colophon, planes=_PLANES[role])
        stop = await stack.enter_async_context(serving(app, listener, frame_bytes_max=settings.frame_bytes_max))
        await stop.wait()
