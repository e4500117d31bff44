"""The operating system's user that PostgreSQL runs as: never root, because PostgreSQL refuses to."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.data_folder import DataFolderRefused

ACCOUNT_NAME = "colophon"
# Nothing of the caller's environment reaches PostgreSQL: a stray PGPORT or PGDATA would redirect it.
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
FIRST_UNSEARCHABLE = 'for folder in "$@"; do [ -x "$folder" ] || { printf %s "$folder"; exit 1; }; done'


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom child processes run as; `switch` is false when that is already us."""

    uid: int
    gid: int
    switch: bool

    def run(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, **self.options(), capture_output=True, text=True, check=False, **options
        )

    def options(self) -> dict[str, object]:
        """Keyword arguments for `subprocess` that run a child as this account."""
        identity: dict[str, object] = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {"env": CLEAN_ENVIRONMENT, **(identity if self.switch else {})}

    def first_unreachable(self, folders: Iterable[Path]) -> Path | None:
        """The first of the folders that this account may not pass through."""
        if not self.switch:
            return None
        found = self.run(["sh", "-c", FIRST_UNSEARCHABLE, "sh", *map(str, folders)], cwd="/")
        return Path(found.stdout) if found.stdout else None


def postgres_account() -> Account:
    """Ourselves, or a system user of our own when we are root."""
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid(), switch=False)
    entry = _existing() or _created()
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, switch=True)


def _existing() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    detail = "there is no useradd here"
    if useradd is not None:
        command = [useradd, "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME]
        detail = subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()
    # Looked up again whatever useradd said: another process may have been faster.
    entry = _existing()
    if entry is None:
        raise DataFolderRefused(
            f"PostgreSQL does not run as root, and no system user could be made for it ({detail}). "
            f"Create a system user named {ACCOUNT_NAME}, run Colophon as a normal user, "
            "or point COLOPHON_DATABASE_URL to a PostgreSQL server."
        )
    return entry
