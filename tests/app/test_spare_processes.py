"""Processes forked at the start are as different from each other as those that begin with nothing."""

import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_each_draws_ids_of_its_own_and_has_what_it_was_handed() -> None:
    # given a process that forks, one of whose forks is killed, and that starts another anew
    command = [sys.executable, "-m", "tests.app.spare_draws"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    # then
    assert all(started == told for started, told, *_ in rows)
    assert all(len(set(drawn)) == len(rows) == 3 for drawn in zip(*rows, strict=True))
