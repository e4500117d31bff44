"""Processes forked when all code is loaded and nothing has begun: whoever is started later need not load it again."""

import gc
import io
import multiprocessing
import pickle
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

FORKS = sys.platform == "linux"
"""Elsewhere the system's own libraries do not outlive a fork."""
LENGTH_BYTES = 8
SOCKETS_MAX = 8


class SpareProcesses:
    """Each waits for the one piece of work that it is for; where none is left, a process is started anew."""

    def __init__(self) -> None:
        self._waiting: list[tuple[BaseProcess, socket.socket]] = []

    def started(self, target: Callable[..., None], *args: Any) -> BaseProcess:
        """Return a process that does the work. It has nothing of this one but code, and the sockets it is given."""
        while self._waiting:
            process, orders = self._waiting.pop()
            with orders:
                try:
                    _send(orders, (target, args))
                except OSError:  # it was ended from outside
                    process.join()
                else:
                    return process
        process = multiprocessing.get_context("spawn").Process(target=target, args=args, daemon=True)
        process.start()
        return process

    def fork(self) -> None:
        """Make one more. Only for who has one thread, no event loop and no connection: a fork would share them."""
        ours, theirs = socket.socketpair()
        others = [orders for _, orders in self._waiting]
        with theirs:
            process = multiprocessing.get_context("fork").Process(
                target=_wait, args=(theirs, [ours, *others]), daemon=True
            )
            process.start()
        self._waiting.append((process, ours))

    def close(self) -> None:
        """End those that nobody wanted."""
        for process, orders in self._waiting:
            orders.close()
            process.join()
        self._waiting.clear()


@contextmanager
def spare_processes(count: int) -> Iterator[SpareProcesses]:
    """So many, while the block runs."""
    spare = SpareProcesses()
    with ExitStack() as stack:
        stack.callback(spare.close)
        if FORKS and count:
            # A collection in any of them would write to pages that all of them share.
            gc.freeze()
            for _ in range(count):
                spare.fork()
        yield spare


def _wait(orders: socket.socket, not_ours: list[socket.socket]) -> None:
    # Ctrl-C reaches the whole family; whoever has nothing to do yet ends when the process around lets go of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in not_ours:
        end.close()
    with orders:
        order = _received(orders)
    if order is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        target, args = order
        target(*args)


class _Written(pickle.Pickler):
    """Sockets travel beside what is written."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.sockets: list[socket.socket] = []

    def persistent_id(self, value: object) -> int | None:
        if not isinstance(value, socket.socket):
            return None
        self.sockets.append(value)
        return len(self.sockets) - 1


class _Read(pickle.Unpickler):
    """From the process that forked us and from nobody else."""

    def __init__(self, file: io.BytesIO, numbers: list[int]) -> None:
        super().__init__(file)
        self._numbers = numbers

    def persistent_load(self, place: int) -> socket.socket:
        return socket.socket(fileno=self._numbers[place])


def _send(orders: socket.socket, order: tuple[Callable[..., None], tuple[Any, ...]]) -> None:
    file = io.BytesIO()
    written = _Written(file)
    written.dump(order)
    socket.send_fds(
        orders, [len(file.getvalue()).to_bytes(LENGTH_BYTES)], [handed.fileno() for handed in written.sockets]
    )
    orders.sendall(file.getvalue())


def _received(orders: socket.socket) -> Any | None:
    """Return what there is to do; None when nobody wants anything any more."""
    length, numbers, _, _ = socket.recv_fds(orders, LENGTH_BYTES, SOCKETS_MAX)
    if not length:
        return None
    with orders.makefile("rb") as file:
        return _Read(io.BytesIO(file.read(int.from_bytes(length))), numbers).load()
