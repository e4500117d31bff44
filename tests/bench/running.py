"""A benchmark, run as its command runs it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Bench:
    """`python -m <module>`; it leaves its results under the folder that it runs in."""

    module: str
    results: Path

    def run(self, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", self.module, *options],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    def kept(self, folder: Path) -> dict[str, Any]:
        results: dict[str, Any] = json.loads((folder / self.results).read_text())
        return results


def numbers(value: object) -> Iterator[float]:
    """Yield every figure of some results."""
    if isinstance(value, dict):
        yield from chain.from_iterable(map(numbers, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(numbers, value))
    elif isinstance(value, int | float):
        yield value
