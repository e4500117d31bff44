"""Portkey's gateway from npm in Node, with its defaults."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.gateway.callers import Target
from bench.gateway.servers import CACHE, NotInstalled, Spawned, cpu_seconds, free_port

INSTALL_SECONDS_MAX = 600
PACKAGE = "@portkey-ai/gateway"


@dataclass(slots=True)
class Portkey:
    """One process, as it starts by itself: no budgets, no keys, no ledger in what is open source. It flatters it."""

    folder: Path
    name: str = "portkey"
    what: str = ""
    _spawned: Spawned | None = None
    _port: int = 0
    _upstream_port: int = 0

    async def start(self, upstream_port: int) -> None:
        package = await asyncio.to_thread(_installed)
        version = json.loads((package / "package.json").read_text())["version"]
        self.what = f"Portkey {version}, one process, no policies"
        self._port, self._upstream_port = free_port(), upstream_port
        self.folder.mkdir(exist_ok=True)
        self._spawned = Spawned(
            command=["node", str(package / "build/start-server.js"), f"--port={self._port}", "--headless"],
            log=self.folder / "log",
        )
        self._spawned.start()
        await self._spawned.until_answers(self.target)

    async def stop(self) -> None:
        if self._spawned is not None:
            await asyncio.to_thread(self._spawned.stop)

    @property
    def target(self) -> Target:
        headers = (
            ("Authorization", "Bearer none"),
            ("x-portkey-provider", "openai"),
            ("x-portkey-custom-host", f"http://127.0.0.1:{self._upstream_port}/good/v1"),
        )
        return Target(port=self._port, path="/v1/chat/completions", model="m", headers=headers)

    def cpu_seconds(self) -> Mapping[str, float]:
        assert self._spawned is not None
        return {"gateway": cpu_seconds(self._spawned.family())}


def _installed() -> Path:
    folder = CACHE / "portkey"
    package = folder / "node_modules" / PACKAGE
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotInstalled("there is no Node here")
    if not package.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(
                ["npm", "install", "--no-audit", "--no-fund", "--silent", PACKAGE],
                cwd=folder, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError) as error:
            raise NotInstalled(f"npm did not install it: {type(error).__name__}") from None
    return package
