"""The embedded PostgreSQL lives through first starts, restarts, kills and second holders."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from infra.data_folder import DataFolderRefused
from infra.folder_lock import FolderInUse
from infra.postgres.cluster import PostgresFailed
from infra.postgres.embedded import EmbeddedPostgres
from tests.support.databases import temporary_data_folder

HOLDER = """
import asyncio, sys
from pathlib import Path
from infra.postgres.embedded import EmbeddedPostgres

async def main():
    server = EmbeddedPostgres(Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def written(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (value text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")


def read_back(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT value FROM kept").fetchone()
    assert row is not None
    return str(row[0])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 another process has no event to wait for
            await asyncio.sleep(0.02)


def serving(server: EmbeddedPostgres) -> int:
    assert server.pid is not None
    return server.pid


async def test_it_serves_a_durable_utf8_database_over_a_private_socket_only(data_folder: Path) -> None:
    server = EmbeddedPostgres(data_folder)
    try:
        url = await server.start()
        with psycopg.connect(url) as connection:
            shown = connection.execute(
                "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
                " current_setting('server_encoding'), current_setting('listen_addresses')"
            )
            assert shown.fetchone() == ("on", "on", "UTF8", "")
            order = connection.execute("SELECT string_agg(x, '' ORDER BY x) FROM unnest('{b,A,a,É,Z}'::text[]) x")
            assert order.fetchone() == ("AZabÉ",)
        assert stat.S_IMODE((data_folder / "postgres").stat().st_mode) == 0o700
    finally:
        await server.stop()


@pytest.fixture(scope="module")
async def stopped_server() -> AsyncIterator[Path]:
    """A data folder after a first start and a clean stop."""
    async with temporary_data_folder() as folder:
        server = EmbeddedPostgres(folder)
        await server.start()
        await server.stop()
        yield folder


@pytest.fixture
def used_folder(stopped_server: Path, data_folder: Path) -> Path:
    """A copy of that folder: an initdb for each test would be most of the suite's time."""
    subprocess.run(["cp", "-a", f"{stopped_server}/.", data_folder], check=True)
    return data_folder


async def test_a_restart_keeps_the_data_and_stopping_twice_is_harmless(used_folder: Path) -> None:
    server = EmbeddedPostgres(used_folder)
    written(await server.start())
    await server.stop()
    await server.stop()
    try:
        assert read_back(await server.start()) == "still here"
    finally:
        await server.stop()
    assert not (used_folder / "postgres" / "postmaster.pid").exists()


async def test_a_killed_server_is_started_again_by_its_keeper(used_folder: Path) -> None:
    server = EmbeddedPostgres(used_folder)
    url = await server.start()
    keeper = asyncio.create_task(server.keep_running(check_seconds=0.05))
    try:
        written(url)
        killed = serving(server)
        os.kill(killed, signal.SIGKILL)
        await until(lambda: server.pid not in (killed, None))
        assert read_back(await server.start()) == "still here"
    finally:
        await server.stop()
        await keeper


async def test_the_server_of_a_killed_holder_stops_by_itself_and_the_folder_can_be_used(
    used_folder: Path,
) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, used_folder, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    orphan = int(await holder.stdout.readline())
    holder.kill()
    await holder.communicate()
    successor = EmbeddedPostgres(used_folder)
    try:
        await successor.start()
        assert successor.pid != orphan
        await until(lambda: not psutil.pid_exists(orphan))
    finally:
        await successor.stop()


async def test_an_orphan_whose_watchdog_died_too_is_stopped_before_a_new_start(used_folder: Path) -> None:
    first = EmbeddedPostgres(used_folder)
    written(await first.start())
    orphan = serving(first)
    # What is left when the whole process group was killed but the server survived.
    assert first._watchdog is not None
    first._watchdog.kill()
    assert first._lock is not None
    first._lock.release()
    second = EmbeddedPostgres(used_folder)
    try:
        assert read_back(await second.start()) == "still here"
        assert second.pid != orphan
    finally:
        await second.stop()
        await first.stop()


async def test_a_stale_lock_file_that_names_a_living_stranger_does_not_bar_the_way(used_folder: Path) -> None:
    server = EmbeddedPostgres(used_folder)
    written(await server.start())
    await server.stop()
    stale = used_folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{used_folder}/postgres\n1\n5432\n\n\n0 0\nready\n")
    try:
        assert read_back(await server.start()) == "still here"
    finally:
        await server.stop()


async def test_a_second_holder_is_refused_and_the_first_lives_on(used_folder: Path) -> None:
    first = EmbeddedPostgres(used_folder)
    url = await first.start()
    try:
        written(url)
        with pytest.raises(FolderInUse) as refusal:
            await EmbeddedPostgres(used_folder).start()
        assert refusal.value.pid == os.getpid()
        assert read_back(url) == "still here"
    finally:
        await first.stop()


@pytest.fixture
def deep_folder(data_folder: Path) -> Path:
    data_folder.chmod(0o755)
    return data_folder / ("a" * 120)


async def test_a_path_too_long_for_a_socket_gets_a_short_private_one(deep_folder: Path) -> None:
    server = EmbeddedPostgres(deep_folder)
    try:
        url = await server.start()
        written(url)
        assert read_back(url) == "still here"
        short = server._socket_folder
        assert short is not None
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
    finally:
        await server.stop()
    assert not short.exists()


async def test_a_folder_of_another_version_is_left_alone(data_folder: Path) -> None:
    (data_folder / ".colophon").touch()
    cluster = data_folder / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(DataFolderRefused, match="PostgreSQL 15"):
        await EmbeddedPostgres(data_folder).start()
    assert [entry.name for entry in cluster.iterdir()] == ["PG_VERSION"]


async def test_an_unfinished_first_start_is_begun_again(data_folder: Path) -> None:
    (data_folder / ".colophon").touch()
    (data_folder / "postgres.unfinished").mkdir()
    (data_folder / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(data_folder)
    try:
        assert await server.start()
    finally:
        await server.stop()
    assert not (data_folder / "postgres.unfinished").exists()


async def test_a_server_that_cannot_start_is_quoted_and_lets_go_of_the_folder(used_folder: Path) -> None:
    server = EmbeddedPostgres(used_folder)
    await server.start()
    await server.stop()
    settings = used_folder / "postgres" / "postgresql.conf"
    good = settings.read_text()
    settings.write_text("no such setting\n")
    with pytest.raises(PostgresFailed, match="syntax error"):
        await server.start()
    settings.write_text(good)
    successor = EmbeddedPostgres(used_folder)
    try:
        assert await successor.start()
    finally:
        await successor.stop()
