"""`make bench-gateway` measures everything that it names, in one run; no time is asserted."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.gateway.page import GOALS, RESULTS
from tests.bench.running import Bench
from tests.support.services import require

BENCH = Bench("bench.gateway", RESULTS)


@pytest.fixture(scope="module", autouse=True)
def _with_redis() -> None:
    if "://" in require("redis"):
        pytest.skip("the benchmark starts a Redis of its own")


def test_the_last_line_is_the_promised_figures_as_one_json_object(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stderr
    summary = json.loads(run.stdout.splitlines()[-1])
    assert list(summary) == list(GOALS)


def test_what_a_peer_would_have_to_be_measured_for_is_null_without_it(results: dict[str, Any]) -> None:
    assert results["missing"].keys() == {"litellm", "portkey"}
    assert results["summary"]["rps_vs_litellm"] is None
    assert results["summary"]["added_p50_vs_portkey"] is None


def test_every_call_was_answered(results: dict[str, Any]) -> None:
    measured = [*results["single"].values(), *(one for point in results["loads"].values() for one in point.values())]
    assert [one["refused"] for one in measured] == [0] * len(measured)


def test_a_page_is_never_written_from_a_moment_of_everything(tmp_path: Path) -> None:
    assert BENCH.run(tmp_path, "--quick", "--page").returncode == 2
    assert list(tmp_path.iterdir()) == []
