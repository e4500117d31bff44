"""The folder that holds everything an embedded Colophon keeps."""

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
        present = {entry.name for entry in folder.iterdir()}
        if MARKER not in present and present - HARMLESS:
            raise DataFolderRefused(
                f"{folder} is not empty and was not made by Colophon. "
                "Choose an empty or new folder with --data DIR or COLOPHON_DATA_DIR."
            )
        (folder / MARKER).write_text("This folder belongs to Colophon: data, keys and logs.\n")
    except OSError as error:
        raise DataFolderRefused(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Choose another with --data DIR or COLOPHON_DATA_DIR."
        ) from error
    return folder
