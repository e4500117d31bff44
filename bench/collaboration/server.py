"""What is measured: a server in processes of its own, as an operator would run it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import psutil

from bench.collaboration.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Used:
    """What processes have used so far, by process id: seconds of a processor; and what memory they hold now."""

    seconds: dict[int, float]
    memory_mb: float

    def since(self, before: "Used") -> float:
        """Return the seconds used since then; processes that ended meanwhile are not counted."""
        return sum(seconds - before.seconds.get(pid, 0.0) for pid, seconds in self.seconds.items())


class Server(Protocol):
    """Started and stopped on the same data; `key` lets a client in."""

    name: str
    dialect: Dialect
    providers: Mapping[str, str]
    """The stock providers that it is for, and where each connects."""
    key: str
    hostname: str
    port: int

    @property
    def host(self) -> str: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def kill(self, *, database_too: bool) -> None:
        """End it as a power cut would, with its database or without."""
        ...

    async def documents(self, count: int) -> Sequence[str]:
        """Make plain documents, and return their names."""
        ...

    def used(self) -> Used:
        """Return what the server's own processes have used."""
        ...

    def used_by_database(self) -> Used: ...

    def pause(self) -> None:
        """Stop whatever it does of its own accord while another one is measured, until `go_on`."""
        ...

    def go_on(self) -> None: ...


def used_by(processes: Sequence[psutil.Process], is_counted: Callable[[psutil.Process], bool] = bool) -> Used:
    """Return what those of the processes have used that count; those that are gone are left out."""
    seconds, memory = {}, 0
    for process in processes:
        try:
            if not is_counted(process):
                continue
            times = process.cpu_times()
            seconds[process.pid] = times.user + times.system
            memory += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return Used(seconds, memory / 2**20)
