"""What `colophon up` does around its work: holds its folder, listens, and leaves a notice of where."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from errno import EACCES, EADDRINUSE
from pathlib import Path

from infra.data_folder import prepare_data_folder
from infra.folder_lock import FolderInUse, FolderLock
from infra.start_refused import StartRefused

NOTICE = "up.json"
LOCK = "up.lock"
PENDING_CONNECTIONS_MAX = 2048


class AlreadyUp(StartRefused):
    """Another process serves this folder."""


class PortRefused(StartRefused):
    """The address cannot be listened on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a Colophon serves."""

    url: str
    pid: int
    version: str


@contextmanager
def held_folder(data_dir: Path) -> Iterator[Path]:
    """Hold the data folder for this process alone, and take the notice away at the end."""
    folder = prepare_data_folder(data_dir)
    lock = FolderLock(folder / LOCK)
    try:
        lock.acquire()
    except FolderInUse as holder:
        raise AlreadyUp(_already_up(folder, holder.pid)) from None
    try:
        # What a killed predecessor left would send the other commands to nobody.
        _remove_notice(folder)
        yield folder
    finally:
        _remove_notice(folder)
        lock.release()


def announce(folder: Path, *, url: str, version: str) -> None:
    """Write where we serve, for the other commands: whole or not at all."""
    notice = Running(url=url, pid=os.getpid(), version=version)
    unfinished = folder / f"{NOTICE}.unfinished"
    unfinished.write_text(json.dumps(asdict(notice)) + "\n")
    unfinished.replace(folder / NOTICE)


def running(data_dir: Path) -> Running | None:
    """Return where the Colophon of this folder serves, when one does."""
    try:
        notice = json.loads((data_dir.expanduser() / NOTICE).read_text())
        return Running(url=str(notice["url"]), pid=int(notice["pid"]), version=str(notice["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def listening_socket(host: str, port: int) -> socket.socket:
    """Listen before anything is started, so that a taken port costs nothing but a sentence."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise PortRefused(
            f"{host} is not an address of this machine ({error.strerror}); choose another with --host."
        ) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(PENDING_CONNECTIONS_MAX)
    except OSError as error:
        listener.close()
        raise PortRefused(_port_refusal(host, port, error)) from None
    listener.setblocking(False)  # noqa: FBT003 its own signature
    return listener


def served_url(listener: socket.socket) -> str:
    """Return the address as a browser on this machine writes it."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _already_up(folder: Path, pid: int | None) -> str:
    notice = running(folder)
    where = f" at {notice.url}" if notice else ""
    who = f"process {pid}" if pid else "another process"
    return (
        f"Colophon already runs{where} with the data in {folder} ({who}). "
        "Use that one, stop it, or choose another folder with --data DIR."
    )


def _port_refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == EADDRINUSE:
        return f"Port {port} on {host} is in use. Stop what listens there, or choose another with --port."
    if error.errno == EACCES:
        return f"Port {port} on {host} needs more rights than this user has. Choose one above 1023 with --port."
    return f"{host}:{port} cannot be listened on ({error.strerror}). Choose another with --host and --port."


def _remove_notice(folder: Path) -> None:
    (folder / NOTICE).unlink(missing_ok=True)
