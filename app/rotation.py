"""The operator exchanges the master key: of a production installation in two steps, of a data folder in one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.folder_key import exchange_in_folder
from app.master_key import protects_data
from app.master_keys import exchange
from app.settings import Settings
from app.up import AlreadyUp, held_folder
from infra.event_store.key_wrapping import fingerprint
from infra.start_refused import StartRefused

Tell = Callable[[str], None]


class NotNow(StartRefused):
    """The master key cannot be exchanged as things are."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What is true now, and what the operator does next."""

    fingerprint: str
    next_step: str | None

    def lines(self) -> list[str]:
        return [f"master key: {self.fingerprint}", *([f"next: {self.next_step}"] if self.next_step else [])]


async def rotate_master_key(data_dir: Path | None, tell: Tell) -> Rotated:
    """Exchange it, or go on where that was stopped. Raises StartRefused, WrongMasterKey."""
    settings = Settings.load(data_dir=data_dir)
    if settings.database_url is None or data_dir is not None:
        return await _in_folder(settings, tell)
    keys = settings.master_keys
    if keys is None:
        raise NotNow("COLOPHON_DATABASE_URL is set, so COLOPHON_MASTER_KEY must be, too: the new key.")
    work = exchange(keys, settings.database_url.get_secret_value(), settings.keystore, tell)
    if keys.other is None:
        await work.end_signatures()
        return Rotated(fingerprint(keys.key), None)
    await work.run()
    return Rotated(
        fingerprint(keys.key),
        "start every process again without COLOPHON_MASTER_KEY_FORMER, then give this command once more without it",
    )


async def _in_folder(settings: Settings, tell: Tell) -> Rotated:
    if not protects_data(settings.data_dir):
        raise NotNow(f"There is no data in {settings.data_dir}: name its folder with --data DIR.")
    if settings.master_keys is not None and settings.master_keys.other is None:
        raise NotNow("COLOPHON_MASTER_KEY is set, so COLOPHON_MASTER_KEY_FORMER must be, too: the present key.")
    try:
        with held_folder(settings.data_dir) as folder:
            keys = await exchange_in_folder(settings, folder, tell)
    except AlreadyUp as up:
        raise NotNow(f"{up} The master key of a folder is exchanged while nothing runs on it: stop it first.") from None
    return Rotated(fingerprint(keys.key), None)
