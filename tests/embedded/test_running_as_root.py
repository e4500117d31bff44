"""Started by root, PostgreSQL gets a user of its own, and no permission of anybody else's folder changes."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from infra.data_folder import DataFolderRefused
from infra.postgres.account import CLEAN_ENVIRONMENT, Account, postgres_account
from infra.postgres.binaries import postgres_programs
from infra.postgres.embedded import EmbeddedPostgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="these are about being started by root; this is not root")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_folder_under_a_private_home_is_refused_and_the_home_stays_private(data_folder: Path) -> None:
    # mkdtemp made it private to root, as a home is.
    home = data_folder
    with pytest.raises(DataFolderRefused, match=f"may not enter {home}, .*--data"):
        await EmbeddedPostgres(home / "data").start()
    assert mode(home) == 0o700


async def test_a_private_folder_that_is_ours_opens_for_the_servers_group_alone(data_folder: Path) -> None:
    server = EmbeddedPostgres(data_folder)
    try:
        await server.start()
        assert mode(data_folder) == 0o710
        assert data_folder.stat().st_uid == 0  # noqa: ASYNC240 a look at a local folder
        assert data_folder.stat().st_gid == postgres_account().gid  # noqa: ASYNC240
    finally:
        await server.stop()


def test_programs_in_a_private_folder_are_copied_to_where_the_server_can_run_them(data_folder: Path) -> None:
    account = Unreached(uid=postgres_account().uid, gid=postgres_account().gid, switch=True)
    data_folder.chmod(0o755)
    programs = postgres_programs(account, data_folder)
    assert data_folder in programs.parents
    for program in ("postgres", "initdb"):
        shown = account.run([str(programs / program), "--version"], cwd="/")
        assert shown.returncode == 0, shown.stderr
    assert postgres_programs(account, data_folder) == programs


class Unreached(Account):
    """Stands where the virtual environment is in a private home."""

    __slots__ = ()

    def first_unreachable(self, folders: object) -> Path | None:
        del folders
        return Path("/private")


def test_the_servers_user_can_do_nothing_but_serve() -> None:
    account = postgres_account()
    assert account.uid != 0
    groups = subprocess.run(
        ["id", "-G"], user=account.uid, group=account.gid, extra_groups=[], env=CLEAN_ENVIRONMENT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert groups.stdout.split() == [str(account.gid)]
