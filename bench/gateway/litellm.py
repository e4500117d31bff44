"""LiteLLM's proxy with two workers, from PyPI, in an environment of its own."""

import asyncio
import secrets
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.gateway.callers import Target
from bench.gateway.servers import CACHE, NotInstalled, Spawned, cpu_seconds, free_port

INSTALL_SECONDS_MAX = 1_200
CONFIGURATION = """\
model_list:
  - model_name: m
    litellm_params:
      model: openai/m
      api_base: http://127.0.0.1:{port}/good/v1
      api_key: none
general_settings:
  master_key: {key}
"""


@dataclass(slots=True)
class LiteLLM:
    """Without a database: no budgets, no keys, nothing is masked or kept. It flatters it."""

    folder: Path
    workers: int = 2
    name: str = "litellm"
    what: str = ""
    _spawned: Spawned | None = None
    _port: int = 0
    _key: str = field(default_factory=lambda: f"sk-{secrets.token_hex(24)}")

    async def start(self, upstream_port: int) -> None:
        installed = await asyncio.to_thread(_installed)
        version = await asyncio.to_thread(_version, installed)
        self.what = f"LiteLLM {version}, {self.workers} workers, no database, no policies"
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "config.yaml"
        file.write_text(CONFIGURATION.format(port=upstream_port, key=self._key))
        self._port = free_port()
        self._spawned = Spawned(
            command=[
                str(installed / "bin/litellm"), "--config", str(file), "--host", "127.0.0.1",
                "--port", str(self._port), "--num_workers", str(self.workers),
            ],
            log=self.folder / "log",
            environment={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"},
        )  # fmt: skip
        self._spawned.start()
        await self._spawned.until_answers(self.target)

    async def stop(self) -> None:
        if self._spawned is not None:
            await asyncio.to_thread(self._spawned.stop)

    @property
    def target(self) -> Target:
        headers = (("Authorization", f"Bearer {self._key}"),)
        return Target(port=self._port, path="/v1/chat/completions", model="m", headers=headers)

    def cpu_seconds(self) -> Mapping[str, float]:
        assert self._spawned is not None
        return {"gateway": cpu_seconds(self._spawned.family())}


def _installed() -> Path:
    folder = CACHE / "litellm"
    if (folder / "bin/litellm").exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    venv.create(folder, with_pip=True, clear=True)
    try:
        subprocess.run(
            [folder / "bin/python", "-m", "pip", "install", "--quiet", "litellm[proxy]"],
            check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        raise NotInstalled(f"pip did not install it on {sys.platform}: {type(error).__name__}") from None
    return folder


def _version(installed: Path) -> str:
    asked = "from importlib.metadata import version; print(version('litellm'))"
    told = subprocess.run([installed / "bin/python", "-c", asked], capture_output=True, text=True, check=True)
    return told.stdout.strip()
