"""A PostgreSQL cluster on disk: created whole or not at all, private to its account, of one version."""

import os
import shutil
import stat
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from infra.data_folder import DataFolderRefused
from infra.postgres.account import Account
from infra.postgres.binaries import MAJOR_VERSION
from infra.start_refused import StartRefused

SUPERUSER = "postgres"
# macOS, the stricter of the two, has room for 104 bytes with the final zero.
SOCKET_PATH_BYTES_MAX = 103
SOCKET_NAME = ".s.PGSQL.5432"


class PostgresFailed(StartRefused):
    """PostgreSQL did not do what it was told; the message carries its own words."""


def open_passage(data_folder: Path, account: Account) -> None:
    """Let the account pass through our own folder, and refuse when a folder above it bars the way."""
    barred = account.first_unreachable(reversed(data_folder.parents))
    if barred is not None:
        raise DataFolderRefused(
            f"PostgreSQL does not run as root, and its user may not enter {barred}, which is private. "
            f"Colophon leaves the permissions of {barred} alone: choose a folder outside it "
            "with --data DIR or COLOPHON_DATA_DIR, such as /var/lib/colophon."
        )
    if account.first_unreachable([data_folder]) is not None:
        os.chown(data_folder, -1, account.gid)
        data_folder.chmod(data_folder.stat().st_mode | stat.S_IXGRP)


def ensure_cluster(folder: Path, programs: Path, account: Account) -> None:
    """Create the cluster when it is missing; refuse one of another version."""
    if folder.exists():
        _check_version(folder)
        return
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account.switch:
        os.chown(unfinished, account.uid, account.gid)
    # The built-in C.UTF-8 sorts alike on every machine; the character classes come from the system's twin.
    character_classes = "C.UTF-8" if sys.platform == "linux" else "C"
    options = ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += ["--locale=C", f"--lc-ctype={character_classes}", f"--username={SUPERUSER}"]
    done = account.run([str(programs / "initdb"), *options, "-D", str(unfinished)], cwd="/")
    if done.returncode != 0:
        raise PostgresFailed(f"initdb failed:\n{done.stderr.strip()}")
    unfinished.rename(folder)


def _check_version(folder: Path) -> None:
    try:
        found = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        found = "no readable version"
    if found != str(MAJOR_VERSION):
        raise DataFolderRefused(
            f"{folder} was made by PostgreSQL {found}, and this Colophon brings PostgreSQL {MAJOR_VERSION}. "
            "Nothing was changed. Start it with the Colophon that made it and take a backup, then restore "
            "that into a new folder with --data DIR."
        )


def cluster_name(folder: Path) -> str:
    """What every server process of this folder shows in its title."""
    return f"colophon-{sha256(os.fsencode(folder)).hexdigest()[:16]}"


def socket_folder(folder: Path, account: Account) -> Path:
    """The cluster's own folder, or a short private one when its path is too long for a socket."""
    name = cluster_name(folder)
    candidates = (folder, Path(tempfile.gettempdir()) / name, Path("/tmp") / name)  # noqa: S108 private, checked below
    chosen = next(path for path in candidates if _fits(path))
    if chosen == folder:
        return folder
    try:
        chosen.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account.switch:
            os.chown(chosen, account.uid, account.gid)
    found = chosen.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise DataFolderRefused(
            f"{folder} is too long for a socket, and {chosen}, which would hold it instead, is not private. "
            "Remove that folder or choose a shorter data folder with --data DIR."
        )
    return chosen


def _fits(path: Path) -> bool:
    return len(os.fsencode(path / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX
