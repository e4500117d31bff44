"""The master key of a data folder exchanged for a new one, which lies beside it until nothing needs the former one."""

from collections.abc import Callable
from pathlib import Path

from app.master_key import (
    FILE_NAME,
    MasterKeys,
    create_master_key,
    load_or_create_master_key,
    read_master_key,
    remember_names,
)
from app.master_keys import exchange, migrated
from app.settings import Settings
from infra.postgres.embedded import EmbeddedPostgres

NEXT_FILE_NAME = f"{FILE_NAME}.next"

Tell = Callable[[str], None]


def begin_exchange(folder: Path) -> None:
    """Make the key that is to come, unless one waits already."""
    load_or_create_master_key(folder)
    if not (folder / NEXT_FILE_NAME).exists():
        create_master_key(folder / NEXT_FILE_NAME)


async def migrated_keys(settings: Settings, folder: Path, database_url: str, tell: Tell) -> MasterKeys:
    """Migrate, end an exchange that was begun and not ended, and return the keys to run with. Raises StartRefused."""
    keys = settings.master_keys
    waiting = folder / NEXT_FILE_NAME
    if keys is not None or not waiting.exists():
        keys = keys or MasterKeys(key=load_or_create_master_key(folder))
        await migrated(keys, database_url, settings.keystore)
        return keys
    keys = MasterKeys(key=read_master_key(waiting), other=load_or_create_master_key(folder))
    await migrated(keys, database_url, settings.keystore)
    await exchanged(keys, settings, database_url, tell)
    # The former key goes in the same moment in which the new one takes its place, and not before.
    waiting.replace(folder / FILE_NAME)
    remember_names(folder)
    return MasterKeys(key=keys.key)


async def exchanged(keys: MasterKeys, settings: Settings, database_url: str, tell: Tell) -> int:
    """Exchange while nobody else runs, and return how many tenants had a key to wrap again."""
    tenants = await exchange(keys, database_url, settings.keystore, tell).run()
    await exchange(MasterKeys(key=keys.key), database_url, settings.keystore, tell).end_signatures()
    return tenants


async def exchange_in_folder(settings: Settings, folder: Path, tell: Tell) -> MasterKeys:
    """Run the folder's server for this alone. The caller holds the folder."""
    postgres = EmbeddedPostgres(folder)
    try:
        database_url = await postgres.start()
        if settings.master_keys is None:
            begin_exchange(folder)
        keys = await migrated_keys(settings, folder, database_url, tell)
        if settings.master_keys is not None:
            await exchanged(keys, settings, database_url, tell)
        return keys
    finally:
        await postgres.stop()
