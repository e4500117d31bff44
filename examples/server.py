"""A Colophon of one's own for an example: started, killed and started again on the same folder and port."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

COLOPHON = Path(sys.executable).parent / "colophon"
START_SECONDS_MAX = 60.0
LOOK_AGAIN_SECONDS = 0.05


class Server:
    """`colophon up --no-demo` on a folder; its log is a file beside the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.with_name(f"{folder.name}.log")
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it says that it is ready."""
        process = self._process = self._launch()
        async with asyncio.timeout(START_SECONDS_MAX):
            while not await asyncio.to_thread(self._is_ready):
                if process.poll() is not None:
                    raise RuntimeError(f"colophon up ended with {process.returncode}:\n{self.log.read_text()}")
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [str(COLOPHON), "up", "--no-demo", "--data", str(self.folder), "--port", str(self.port)]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)

    def kill(self, *, postgres_too: bool) -> None:
        """End it as a power cut would: no signal that it could hear."""
        assert self._process is not None
        if postgres_too:
            lock_file = self.folder / "postgres" / "postmaster.pid"
            os.kill(int(lock_file.read_text().splitlines()[0]), signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it as it should be ended."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    async def command(self, *arguments: str) -> Any:
        """Run a `colophon` command on this server and return what it prints."""
        command = [str(COLOPHON), *arguments, "--json", "--data", str(self.folder)]
        return json.loads(await asyncio.to_thread(subprocess.check_output, command))

    async def get(self, path: str, api_key: str) -> str:
        """Return what REST answers."""
        return await asyncio.to_thread(self._send, path, api_key, None)

    async def post(self, path: str, api_key: str, **body: object) -> Any:
        """Send JSON and return the JSON that comes back."""
        return json.loads(await asyncio.to_thread(self._send, path, api_key, json.dumps(body).encode()))

    def _send(self, path: str, api_key: str, body: bytes | None) -> str:
        headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=START_SECONDS_MAX) as answer:
            return str(answer.read(), "utf-8")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=START_SECONDS_MAX) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
