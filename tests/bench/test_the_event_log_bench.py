"""`make bench-log` measures everything that it names, in one run; no time is asserted."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from bench.event_log.page import GOALS, PAGE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    folder = tmp_path_factory.mktemp("bench")
    return subprocess.run(
        [sys.executable, "-m", "bench.event_log", "--quick"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_last_line_is_the_promised_ratios_as_one_json_object(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stderr
    ratios = json.loads(run.stdout.splitlines()[-1])
    assert list(ratios) == [
        "append64_vs_multirow",
        "append16_vs_single16",
        "append16_vs_stock",
        "append1_vs_single1",
        "catchup_vs_sql",
        "visible_p99_ms",
        "wait_p50_ms",
        "rls_on_vs_off",
    ]
    assert all(math.isfinite(value) and value > 0 for value in ratios.values())


def test_the_table_says_on_what_machine_and_at_which_commit(run: subprocess.CompletedProcess[str]) -> None:
    assert "cores" in run.stdout
    assert "at commit `" in run.stdout
    assert "fsync on" in run.stdout


def test_the_page_holds_a_measurement_of_everything_with_its_goal() -> None:
    page = (ROOT / PAGE).read_text()
    for name, (goal, _) in GOALS.items():
        assert f"| `{name}` | " in page
        assert goal in page
    assert "-dirty" not in page
