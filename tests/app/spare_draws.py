"""A process that forks others when it has loaded what serves, and prints what each of them draws."""

import os
import random
import secrets
import socket
import sys
from pathlib import Path

from pycrdt import Doc, XmlFragment
from uuid_utils.compat import uuid4, uuid7

import app.embedded
import app.production  # noqa: F401  # what is drawn while it is loaded, every fork would draw again
from app.spare_processes import SpareProcesses, spare_processes


def tell(end: socket.socket) -> None:
    document: Doc[XmlFragment] = Doc()
    drawn = [uuid7().int, uuid4().int, document.client_id, random.random(), secrets.token_hex(8)]
    with end:
        end.sendall(" ".join([str(os.getpid()), *map(str, drawn)]).encode())


def print_what_is_told(spare: SpareProcesses) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        process = spare.started(tell, theirs)
    with ours, ours.makefile() as file:
        sys.stdout.write(f"{process.pid} {file.read()}\n")
    process.join()
    assert process.exitcode == 0


if __name__ == "__main__":
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "what is forked has begun nothing"
    with spare_processes(4) as spare:
        unwanted, _, killed, _ = (process for process, _ in spare._waiting)
        print_what_is_told(spare)
        killed.kill()
        killed.join()
        print_what_is_told(spare)
    assert unwanted.exitcode == 0
    with spare_processes(0) as spare:
        print_what_is_told(spare)
