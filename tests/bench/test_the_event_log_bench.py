"""`make bench-log` measures everything that it names, in one run; no time is asserted."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

from bench.event_log.page import COMMAND, GOALS, PAGE, RESULTS
from tests.bench.running import ROOT, Bench, numbers

BENCH = Bench("bench.event_log", RESULTS)


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


def test_every_figure_is_kept_as_a_finite_number(
    run: subprocess.CompletedProcess[str], results: dict[str, Any]
) -> None:
    assert results["ratios"] == json.loads(run.stdout.splitlines()[-1])
    assert {"machine", "commit", "command", "effort", "rounds"} <= results.keys()
    figures = list(numbers({name: value for name, value in results.items() if name != "machine"}))
    assert len(figures) > 100
    assert all(math.isfinite(figure) for figure in figures)


def test_a_page_is_never_written_from_a_moment_of_everything(tmp_path: Path) -> None:
    refused = BENCH.run(tmp_path, "--quick", "--page")
    assert refused.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_the_table_says_on_what_machine_and_at_which_commit(run: subprocess.CompletedProcess[str]) -> None:
    assert "cores" in run.stdout
    assert "at commit `" in run.stdout
    assert "fsync on" in run.stdout


def test_the_page_holds_a_measurement_of_everything_with_its_goal() -> None:
    page = (ROOT / PAGE).read_text()
    assert f"`{COMMAND}`" in page
    for name, (goal, _) in GOALS.items():
        assert f"| `{name}` | " in page
        assert goal in page
    assert "-dirty" not in page
