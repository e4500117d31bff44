"""Everything on one machine: PostgreSQL, migration, demo, server; in this order, and back."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from contextvars import Context

import structlog

from app.banner import banner
from app.bootstrap import build
from app.demo.seed import seed
from app.folder_key import migrated_keys
from app.indexing import indexing_beside
from app.master_key import load_or_create_master_key
from app.master_keys import as_in_use
from app.operator import Operator
from app.serving import serving
from app.settings import Settings
from app.spare_processes import SpareProcesses
from app.up import announce, held_folder, listening_socket, served_url
from app.web import create_app
from infra.postgres.embedded import EmbeddedPostgres

log = structlog.get_logger()


async def run_embedded(settings: Settings, spare: SpareProcesses, *, demo: bool) -> None:
    """Run until SIGTERM or Ctrl-C. Raises StartRefused with what to do about it."""
    started = time.perf_counter()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(held_folder(settings.data_dir))
        listener = stack.enter_context(listening_socket(settings.host, settings.port))
        if settings.master_keys is None:
            load_or_create_master_key(folder)
        postgres = EmbeddedPostgres(folder)
        stack.push_async_callback(postgres.stop)
        database_url = await postgres.start()
        keys = await migrated_keys(settings, folder, database_url, _tell)
        url = served_url(listener)
        in_use = await as_in_use(keys, database_url, settings.keystore)
        installation = settings.installation(
            database_url=database_url, master_keys=in_use, public_url=settings.public_url or url
        )
        colophon = build(installation)
        stack.push_async_callback(colophon.stop)
        await colophon.start(indexing=False)
        await stack.enter_async_context(indexing_beside(colophon, installation, spare, log_level=settings.log_level))
        if demo:
            await seed(colophon)
        keeper = asyncio.create_task(postgres.keep_running(), context=Context())
        stack.callback(keeper.cancel)
        stop = await stack.enter_async_context(
            serving(create_app(colophon), listener, frame_bytes_max=settings.frame_bytes_max)
        )
        announce(folder, url=url, version=colophon.platform.version)
        # Standard error carries the log; the banner is for a person.
        sys.stdout.write(await banner(Operator(colophon), url, seconds=time.perf_counter() - started) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _tell(what: str) -> None:
    log.info("master_key.exchange", what=what)
