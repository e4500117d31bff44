"""Stop what a killed predecessor left running in a PostgreSQL data folder."""

import signal
from pathlib import Path

import psutil

from infra.postgres.cluster import SOCKET_NAME

STOP_SECONDS_MAX = 20.0


def stop_leftovers(cluster_folder: Path, cluster_name: str) -> None:
    """Afterwards no server process uses the folder and no lock file of a dead one bars the way."""
    locks = [cluster_folder / "postmaster.pid", *_socket_lock(cluster_folder)]
    leader = postmaster_pid(cluster_folder)
    running = _processes_of(cluster_name)
    leaders = [process for process in running if process.pid == leader]
    _signal(leaders, signal.SIGINT)
    psutil.wait_procs(leaders, timeout=STOP_SECONDS_MAX)
    # Backends of a killed postmaster may be in the middle of a query and have not noticed yet.
    for stronger in (signal.SIGQUIT, signal.SIGKILL):
        running = [process for process in _processes_of(cluster_name) if process.is_running()]
        _signal(running, stronger)
        psutil.wait_procs(running, timeout=STOP_SECONDS_MAX / 4)
    # The number may meanwhile belong to a stranger, or to a dead process that nobody has reaped: PostgreSQL would take
    # either for a live server, in both of its lock files.
    if leader is not None and psutil.pid_exists(leader):
        for lock in locks:
            lock.unlink(missing_ok=True)


def postmaster_pid(cluster_folder: Path) -> int | None:
    """The server process that the folder's lock file names."""
    lines = _lock_file_lines(cluster_folder)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def is_ready(cluster_folder: Path, pid: int) -> bool:
    """Whether the server process has said that it accepts connections."""
    lines = _lock_file_lines(cluster_folder)
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004


def _socket_lock(cluster_folder: Path) -> list[Path]:
    """The lock beside the socket, in the folder that the fifth line names (manual, "Database File Layout")."""
    lines = _lock_file_lines(cluster_folder)
    return [Path(lines[4]) / f"{SOCKET_NAME}.lock"] if len(lines) > 4 and lines[4] else []  # noqa: PLR2004


def _lock_file_lines(cluster_folder: Path) -> list[str]:
    try:
        return (cluster_folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _processes_of(cluster_name: str) -> list[psutil.Process]:
    """Every server process carries the cluster's name in its arguments or its title."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if (arguments := process.info["cmdline"]) and cluster_name in " ".join(arguments) and "postgres" in arguments[0]
    ]


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
