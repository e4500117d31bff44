"""What is measured: a gateway in processes of its own, as an operator would run it; or the provider itself."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
import psutil

from bench.gateway.callers import Caller, Target

START_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 20.0
LOOK_AGAIN_SECONDS = 0.1
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "colophon-bench"  # noqa: TID251  # a user's
"""Where peers are installed, once: outside the project and its lock."""


class NotInstalled(Exception):
    """A peer cannot be installed here: it is not measured, and the page says why."""


class Gateway(Protocol):
    """Started and stopped; `upstream_port` is that of the provider, `/good/v1` unless a part of the run says other."""

    name: str
    what: str
    """Which version, with how many processes."""

    async def start(self, upstream_port: int) -> None:
        """Raises NotInstalled."""
        ...

    async def stop(self) -> None: ...

    @property
    def target(self) -> Target: ...

    def cpu_seconds(self) -> Mapping[str, float]:
        """Return what its processes have used of processors, by what they are."""
        ...


@dataclass(slots=True)
class Spawned:
    """A program with its children, whose output goes to a file."""

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, **self.environment}  # noqa: TID251  # handed on
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT
            )

    async def until_answers(self, target: Target) -> None:
        """Wait until it answers a chat completion."""
        assert self.process is not None
        deadline = asyncio.get_running_loop().time() + START_SECONDS_MAX
        while True:
            try:
                reply = await Caller().ask(target.port, target.request())
                if reply.status == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or asyncio.get_running_loop().time() > deadline:
                raise NotInstalled(f"it did not start: {self.log.read_text(errors='replace')[-500:]}")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def stop(self) -> None:
        if self.process is None:
            return
        family = self.family()
        self.process.terminate()
        _, left = psutil.wait_procs(family, timeout=STOP_SECONDS_MAX)
        for one in left:
            one.kill()
        self.process.wait()

    def family(self) -> list[psutil.Process]:
        assert self.process is not None
        try:
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return what these have used of processors so far."""
    used = 0.0
    for one in processes:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return used


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(slots=True)
class Provider:
    """The fake provider's process; as a gateway of its own it is the baseline: what a call takes without any."""

    name: str = "direct"
    what: str = "no gateway"
    port: int = 0
    _process: subprocess.Popen[str] | None = None

    async def start(self, upstream_port: int = 0) -> None:
        del upstream_port
        self._process = _begun([sys.executable, "-m", "bench.gateway.upstream"])
        assert self._process.stdout is not None
        self.port = int(await asyncio.to_thread(self._process.stdout.readline))

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def target(self) -> Target:
        return Target(port=self.port, path="/good/v1/chat/completions", model="m")

    def cpu_seconds(self) -> Mapping[str, float]:
        assert self._process is not None
        return {"provider": cpu_seconds([psutil.Process(self._process.pid)])}

    async def counts(self) -> dict[str, dict[str, int]]:
        """Return what each behaviour was asked and has told."""
        request = f"GET /counts HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        caller = Caller()
        counted: dict[str, dict[str, int]] = msgspec.json.decode((await caller.ask(self.port, request)).body)
        caller.hang_up()
        return counted


def _begun(command: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
