"""`colophon up` as somebody's own process: started, read, stopped or killed, and never left behind."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any

import psutil

COLOPHON = Path(sys.executable).parent / "colophon"
START_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 60.0
LAST_LINE = "Stop with Ctrl-C"


@dataclass(slots=True)
class Up:
    """One data folder and the process that serves it, if any."""

    folder: Path
    process: subprocess.Popen[str] | None = None
    banner: str = ""
    family: list[psutil.Process] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def notice(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "up.json").read_text()))

    @property
    def url(self) -> str:
        return str(self.notice["url"])

    def start(self, *options: str) -> "Up":
        """Start it and read its banner to the end."""
        command = [str(COLOPHON), "up", "--data", str(self.folder), "--port", "0", *options]
        with self.log.open("a") as log:
            self.process = process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        impatience = Timer(START_SECONDS_MAX, process.kill)
        impatience.start()
        lines: list[str] = []
        assert process.stdout is not None
        while not (lines and LAST_LINE in lines[-1]):
            line = process.stdout.readline()
            assert line, f"no banner, but exit code {process.wait()}:\n{self.log.read_text()}"
            lines.append(line)
        impatience.cancel()
        self.banner = "".join(lines)
        self.family = psutil.Process(process.pid).children(recursive=True)
        return self

    def end(self, number: signal.Signals) -> int:
        """Send it a signal; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS_MAX)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def left_behind(self) -> list[psutil.Process]:
        """Processes that it had started and that do not go away."""
        return list(psutil.wait_procs(self.family, timeout=STOP_SECONDS_MAX)[1])

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder that does not exist yet, where also PostgreSQL's own user can go when root runs the tests."""
    parent = Path(tempfile.mkdtemp(prefix="colophon-test-", dir="/tmp"))
    parent.chmod(0o755)
    try:
        yield parent / "data"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def an_up(*options: str) -> Iterator[Up]:
    """A running one on an empty folder; whatever the test did to it, nothing of it is left."""
    with fresh_folder() as folder:
        up = Up(folder)
        try:
            yield up.start(*options)
        finally:
            if up.is_running:
                up.end(signal.SIGTERM)
            assert up.left_behind() == []
