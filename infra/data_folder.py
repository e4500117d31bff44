"""The folder that holds everything an embedded Colophon keeps."""

import errno
import os
from pathlib import Path

from infra.start_refused import StartRefused

MARKER = ".colophon"
# What an empty volume may hold before anybody wrote to it.
HARMLESS = frozenset({MARKER, "lost+found", ".DS_Store"})


class DataFolderRefused(StartRefused):
    """The folder cannot be used; the message says why and what to do instead."""


def prepare_data_folder(path: Path) -> Path:
    """Create the folder or recognise it as ours, and prove that it can be written."""
    folder = path.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        folder = folder.resolve(strict=True)
        _refuse_another(folder)
        (folder / MARKER).write_text("This folder belongs to Colophon: data, keys and logs.\n")
    except OSError as error:
        raise _not_writable(folder, error.strerror) from error
    return folder


def look_at_data_folder(path: Path) -> bool:
    """Tell whether there is a folder, and change nothing. Raises DataFolderRefused as preparing it would."""
    folder = path.expanduser().absolute()
    try:
        if not folder.exists():
            return False
        _refuse_another(folder)
    except OSError as error:
        raise _not_writable(folder, error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_writable(folder, os.strerror(errno.EACCES))
    return True


def _refuse_another(folder: Path) -> None:
    present = {entry.name for entry in folder.iterdir()}
    if MARKER not in present and present - HARMLESS:
        raise DataFolderRefused(
            f"{folder} is not empty and was not made by Colophon. "
            "Choose an empty or new folder with --data DIR or COLOPHON_DATA_DIR."
        )


def _not_writable(folder: Path, reason: str | None) -> DataFolderRefused:
    return DataFolderRefused(
        f"The data folder {folder} cannot be written ({reason}). Choose another with --data DIR or COLOPHON_DATA_DIR."
    )
