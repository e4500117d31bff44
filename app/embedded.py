"""Everything in one process: PostgreSQL, migration, demo, server; in this order, and back."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from contextvars import Context

from app.banner import banner
from app.bootstrap import build
from app.demo.seed import seed
from app.foundation import context_signer
from app.master_key import load_or_create_master_key
from app.operator import Operator
from app.serving import serving
from app.settings import Settings
from app.up import announce, held_folder, listening_socket, served_url
from app.web import create_app
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrate import migrate
from infra.postgres.role_logins import RoleLogins


async def run_embedded(settings: Settings, *, demo: bool) -> None:
    """Run until SIGTERM or Ctrl-C. Raises StartRefused with what to do about it."""
    started = time.perf_counter()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(held_folder(settings.data_dir))
        listener = stack.enter_context(listening_socket(settings.host, settings.port))
        master_key = settings.master_key_bytes or load_or_create_master_key(folder)
        postgres = EmbeddedPostgres(folder)
        stack.push_async_callback(postgres.stop)
        database_url = await postgres.start()
        logins = RoleLogins(database_url, master_key)
        await migrate(database_url, logins, context_signer(master_key), keystore_url=settings.keystore)
        url = served_url(listener)
        colophon = build(
            settings.installation(
                database_url=database_url, master_key=master_key, public_url=settings.public_url or url
            )
        )
        stack.push_async_callback(colophon.stop)
        await colophon.start()
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
