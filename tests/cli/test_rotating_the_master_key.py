"""The operator exchanges the master key: of a data folder in one step, killed at any point, and of a production one."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.folder_key import NEXT_FILE_NAME
from app.master_key import FILE_NAME, read_master_key
from infra.event_store.key_wrapping import fingerprint
from tests.support.command_line import colophon
from tests.support.up import Up, fresh_folder

OWNER = ("--name", "Acme", "--owner", "olga@acme.example")
# The argument says which statement is the last one that is answered; what follows is the command as anybody gives it.
DYING = """
import sys
from app.cli.main import app
from tests.event_log.dying_exchange import arm
arm(int(sys.argv.pop(1)))
app()
"""


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """A folder with a tenant in it, on which nothing runs."""
    with fresh_folder() as folder:
        up = Up(folder)
        try:
            up.start("--no-demo")
            refused = colophon("keys", "rotate-master", data=folder)
            assert (refused.exit_code, "stop it first" in refused.stderr) == (1, True)
            colophon("tenant", "create", "acme", *OWNER, data=folder)
            assert up.end(signal.SIGTERM) == 0
            yield up
        finally:
            if up.is_running:
                up.end(signal.SIGTERM)


def key_of(folder: Path) -> str:
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    return fingerprint(read_master_key(folder / FILE_NAME))


async def killed(folder: Path, statements: int) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING, str(statements), "keys", "rotate-master", "--data", str(folder),
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},  # noqa: TID251  # handed on
    )  # fmt: skip
    return await process.wait()


def test_a_folders_key_is_exchanged_and_the_former_one_is_gone(up: Up) -> None:
    former = key_of(up.folder)
    rotated = colophon("keys", "rotate-master", data=up.folder)
    now = key_of(up.folder)
    assert now != former
    assert rotated.document == {"fingerprint": now, "next_step": None}
    assert "nothing is under the former key any more" in rotated.stderr
    assert not (up.folder / NEXT_FILE_NAME).exists()


async def test_an_exchange_that_was_killed_is_ended_by_the_next_up(up: Up) -> None:
    former = key_of(up.folder)
    assert await killed(up.folder, 14) == -signal.SIGKILL
    coming = fingerprint(read_master_key(up.folder / NEXT_FILE_NAME))
    assert key_of(up.folder) == former != coming
    await asyncio.to_thread(up.start, "--no-demo")
    assert key_of(up.folder) == coming
    assert not (up.folder / NEXT_FILE_NAME).exists()
    status = await asyncio.to_thread(colophon, "keys", "status", data=up.folder)
    (known,) = status.document["master_keys"]
    assert (known["fingerprint"], known["in_use"], known["tenants"] > 0) == (coming, True, True)
    added = ("member", "add", "ana@acme.example", "--name", "Ana", "--role", "editor", "--tenant", "acme")
    assert (await asyncio.to_thread(colophon, *added, data=up.folder)).exit_code == 0
    assert await asyncio.to_thread(up.end, signal.SIGTERM) == 0
