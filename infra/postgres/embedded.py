"""A PostgreSQL server of our own: its whole life from an empty folder to a clean stop."""

import asyncio
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
import structlog

from infra.data_folder import prepare_data_folder
from infra.folder_lock import FolderLock
from infra.postgres.account import Account, postgres_account
from infra.postgres.binaries import postgres_programs
from infra.postgres.cluster import (
    SUPERUSER,
    PostgresFailed,
    cluster_name,
    ensure_cluster,
    open_passage,
    socket_folder,
)
from infra.postgres.leftovers import is_ready, stop_leftovers
from infra.start_refused import StartRefused

DATABASE = "colophon"
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
LOG_BYTES_MAX = 10 * 2**20
LOG_TAIL_BYTES_MAX = 2_000
# When we die without a word the pipe closes, and the server is told to stop before its files are orphaned.
WATCHDOG = 'read -r _; read -r pid < postmaster.pid && [ "$pid" = "$1" ] && kill -INT "$1"'
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Failing rows and statements hold people's text, which belongs in no log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

log = structlog.get_logger(__name__)


class EmbeddedPostgres:
    """One server on one data folder, reached over a private Unix socket and never over the network."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self._data_dir = data_dir
        self._settings = settings
        self._turn = threading.Lock()
        self._wanted = False
        self._lock: FolderLock | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None

    async def start(self) -> str:
        """Run the server, whatever state the last one left its folder in; the superuser's address."""
        await asyncio.to_thread(self._start)
        return self.conninfo(SUPERUSER, DATABASE)

    async def stop(self) -> None:
        """Stop the server and let go of the folder; harmless when there is nothing to stop."""
        await asyncio.to_thread(self._stop)

    async def keep_running(self, check_seconds: float = 1.0) -> None:
        """Start the server again whenever it dies, until `stop` is called."""
        while self._wanted:
            if self.pid is None:
                try:
                    await asyncio.to_thread(self._revive)
                except (StartRefused, OSError) as error:
                    # A full disk may be emptied: giving up would leave a process that can never serve again.
                    log.error("postgres.not_revived", error=type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(check_seconds)

    @property
    def pid(self) -> int | None:
        """The server process, while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def conninfo(self, user: str, dbname: str = DATABASE) -> str:
        """A URL over the socket, for libpq and, with another scheme, for SQLAlchemy."""
        if self._socket_folder is None:
            raise PostgresFailed("the embedded PostgreSQL has not been started")
        host = quote(str(self._socket_folder), safe="")
        return f"postgresql://{quote(user, safe='')}@/{quote(dbname, safe='')}?host={host}&port=5432"

    def _start(self) -> None:
        with self._turn:
            if self.pid is None:
                self._launch()
            self._wanted = True

    def _revive(self) -> None:
        with self._turn:
            # Asked again inside the turn: the stop that we waited for is no death.
            if self._wanted and self.pid is None:
                log.error("postgres.died")
                self._launch()

    def _stop(self) -> None:
        with self._turn:
            self._wanted = False
            self._end()

    def _launch(self) -> None:
        data_folder = prepare_data_folder(self._data_dir)
        self._lock = self._lock or FolderLock(data_folder / "postgres.lock").acquire()
        try:
            self._run(data_folder)
        except BaseException:
            self._end()
            raise

    def _run(self, data_folder: Path) -> None:
        self._end_processes()
        account = postgres_account()
        open_passage(data_folder, account)
        programs = postgres_programs(account, data_folder)
        folder = data_folder / "postgres"
        stop_leftovers(folder, cluster_name(folder))
        ensure_cluster(folder, programs, account)
        self._socket_folder = socket_folder(folder, account)
        with _rotated_log(data_folder / "postgres.log") as output:
            self._process = _spawn_server(programs, folder, self._socket_folder, account, self._settings, output)
        self._watchdog = _spawn_watchdog(folder, self._process.pid, account)
        _await_ready(self._process, folder, data_folder / "postgres.log")
        _create_database(self.conninfo(SUPERUSER, "postgres"))

    def _end(self) -> None:
        self._end_processes()
        if self._socket_folder is not None:
            _remove_if_empty(self._socket_folder)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _end_processes(self) -> None:
        if self._process is not None:
            _stop_process(self._process)
            self._process = None
        if self._watchdog is not None:
            # Its pipe closes, it finds no server to stop, and ends.
            self._watchdog.communicate()
            self._watchdog = None


def _spawn_server(
    programs: Path, folder: Path, sockets: Path, account: Account, given: Mapping[str, str], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    doubled = str(sockets).replace('"', '""')
    settings = {**given, "unix_socket_directories": f'"{doubled}"', "cluster_name": cluster_name(folder)}
    command = [str(programs / "postgres"), "-D", str(folder)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    # A session of its own: Ctrl-C is for us, and we stop the server after our own last write.
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        start_new_session=True,
        **account.options(),
    )


def _spawn_watchdog(folder: Path, server_pid: int, account: Account) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        ["sh", "-c", WATCHDOG, "sh", str(server_pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
        **account.options(),
    )


def _await_ready(process: subprocess.Popen[bytes], folder: Path, log_file: Path) -> None:
    attempts = int(START_SECONDS_MAX / 0.02)
    for _ in range(attempts):
        if is_ready(folder, process.pid):
            return
        try:
            code = process.wait(timeout=0.02)
        except subprocess.TimeoutExpired:
            continue
        raise PostgresFailed(f"PostgreSQL ended with code {code}:\n{_tail(log_file)}")
    raise PostgresFailed(f"PostgreSQL was not ready after {START_SECONDS_MAX:.0f} s:\n{_tail(log_file)}")


def _stop_process(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(number)
        try:
            process.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            continue
        return


def _create_database(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(DATABASE)))


def _rotated_log(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def _tail(path: Path) -> str:
    return path.read_bytes()[-LOG_TAIL_BYTES_MAX:].decode("utf-8", "replace").strip()


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
