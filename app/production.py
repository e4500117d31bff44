"""One role of an installation whose parts run elsewhere."""

import socket
from contextlib import AsyncExitStack
from multiprocessing.process import BaseProcess

from app.bootstrap import build
from app.indexing import indexing_beside
from app.master_keys import as_in_use
from app.roles import Role
from app.serving import serving
from app.settings import Settings
from app.up import listening_socket, served_url
from app.web import Plane, create_app
from app.workers import kept_running, run_spawned, spawned
from infra.start_refused import StartRefused

_PLANES: dict[Role, frozenset[Plane]] = {
    Role.ALL: frozenset({Plane.DATA, Plane.CONTROL}),
    Role.API: frozenset({Plane.DATA}),
    Role.CONTROL: frozenset({Plane.CONTROL}),
    Role.WORKER: frozenset(),
}


class ProductionRefused(StartRefused):
    """Production needs a database and a master key of its own."""


async def run_production(settings: Settings, role: Role, *, workers: int = 1) -> None:
    """Run until SIGTERM or Ctrl-C. Raises StartRefused."""
    if settings.database_url is None or settings.master_keys is None:
        raise ProductionRefused(
            "`serve` needs COLOPHON_DATABASE_URL and COLOPHON_MASTER_KEY. For everything embedded use `colophon up`."
        )
    listener = listening_socket(settings.host, settings.port)
    try:
        async with kept_running(lambda: _another(settings, role, listener), workers - 1):
            await _run_one(settings, role, listener, is_first=True)
    finally:
        listener.close()


def _another(settings: Settings, role: Role, listener: socket.socket) -> BaseProcess:
    return spawned(_run_in_process, settings, role, listener)


def _run_in_process(settings: Settings, role: Role, listener: socket.socket) -> None:
    run_spawned(_run_one(settings, role, listener), log_level=settings.log_level)


async def _run_one(settings: Settings, role: Role, listener: socket.socket, *, is_first: bool = False) -> None:
    assert settings.database_url is not None
    assert settings.master_keys is not None
    database_url = settings.database_url.get_secret_value()
    installation = settings.installation(
        database_url=database_url,
        master_keys=await as_in_use(settings.master_keys, database_url, settings.keystore),
        public_url=settings.public_url or served_url(listener),
    )
    colophon, works = build(installation), role in {Role.ALL, Role.WORKER}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(colophon.stop)
        await colophon.start(work=works, indexing=False)
        if works and is_first:
            await stack.enter_async_context(indexing_beside(colophon, installation, log_level=settings.log_level))
        app = create_app(colophon, planes=_PLANES[role])
        stop = await stack.enter_async_context(serving(app, listener, frame_bytes_max=settings.frame_bytes_max))
        await stop.wait()
