"""Which Colophon a command acts on: the database in the settings, or the running one of a data folder."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import Colophon, build
from app.installation import Installation
from app.master_key import MasterKeys, load_or_create_master_key
from app.master_keys import as_in_use
from app.settings import Settings
from app.up import running
from infra.logging import configure_logging
from infra.postgres.running_server import running_server_url
from infra.start_refused import StartRefused
from tenancy.context import current_context_or_none


class NothingToActOn(StartRefused):
    """Neither a database in the settings nor a running embedded one."""


@dataclass(frozen=True, slots=True)
class Target:
    """Everything needed to open a Colophon beside the one that serves."""

    database_url: str
    master_keys: MasterKeys
    public_url: str
    settings: Settings

    async def installation(self) -> Installation:
        """Return what to build from, with the master key that the database is under. Raises WrongMasterKey."""
        keys = await as_in_use(self.master_keys, self.database_url, self.settings.keystore)
        return self.settings.installation(database_url=self.database_url, master_keys=keys, public_url=self.public_url)


def target(data_dir: Path | None) -> Target:
    """Find it. Raises NothingToActOn, SettingsRefused, MasterKeyRefused."""
    settings = Settings.load(data_dir=data_dir)
    notice = running(settings.data_dir)
    if settings.database_url is not None and data_dir is None:
        if settings.master_keys is None:
            raise NothingToActOn("COLOPHON_DATABASE_URL is set, so COLOPHON_MASTER_KEY must be, too.")
        url = settings.public_url or f"http://{settings.host}:{settings.port}"
        return Target(settings.database_url.get_secret_value(), settings.master_keys, url, settings)
    database_url = running_server_url(settings.data_dir)
    if database_url is None:
        raise NothingToActOn(
            f"No Colophon runs on {settings.data_dir}. Start one with `colophon up`, name its folder with "
            "--data DIR, or set COLOPHON_DATABASE_URL and COLOPHON_MASTER_KEY."
        )
    keys = settings.master_keys or MasterKeys(key=load_or_create_master_key(settings.data_dir))
    url = settings.public_url or (notice.url if notice else f"http://{settings.host}:{settings.port}")
    return Target(database_url, keys, url, settings)


@asynccontextmanager
async def opened(data_dir: Path | None) -> AsyncIterator[Colophon]:
    """Open the target for one command: appends and reads, no projections, no server."""
    found = target(data_dir)
    # Stdout is the answer's; what the house says while it works goes beside it.
    configure_logging("warning", stream=sys.stderr, context=current_context_or_none)
    colophon = build(await found.installation())
    try:
        await colophon.start(work=False)
        yield colophon
    finally:
        await colophon.stop()
