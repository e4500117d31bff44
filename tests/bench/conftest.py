"""One short run of the benchmark that a module is about, its `BENCH`."""

import subprocess
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def run(folder: Path, request: pytest.FixtureRequest) -> subprocess.CompletedProcess[str]:
    finished: subprocess.CompletedProcess[str] = request.module.BENCH.run(folder, "--quick")
    return finished


@pytest.fixture
def results(folder: Path, run: subprocess.CompletedProcess[str], request: pytest.FixtureRequest) -> dict[str, Any]:
    assert run.returncode == 0, run.stderr
    kept: dict[str, Any] = request.module.BENCH.kept(folder)
    return kept
