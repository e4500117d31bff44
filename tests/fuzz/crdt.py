"""The CRDT library in a process of its own: a stack overflow in it would kill whoever asks."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from domain.yjs.ids import IdRanges

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Applied:
    """What the library says after it has taken an update into a document."""

    clocks: dict[int, int]
    deleted: IdRanges
    held: IdRanges
    live: IdRanges


class Crdt:
    """Asks one process about one update after another."""

    def __init__(self) -> None:
        self._child = self._started()

    def apply(self, update: bytes, before: bytes = b"") -> Applied | None:
        """Return what was applied, or None when the update was refused; raise AssertionError when the process dies."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(b"".join(len(one).to_bytes(4) + one for one in (before, update)))
            self._child.stdin.flush()
            answer = self._child.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            self._child.kill()
            code = self._child.wait()
            self._child = self._started()
            raise AssertionError(f"the CRDT library died with {code} of {update.hex()} after {before.hex()}")
        told = json.loads(answer)
        if told is None:
            return None
        clocks = {client: clock for client, clock in told["clocks"] if clock}
        return Applied(clocks, *(IdRanges.from_tuples(told[name]) for name in ("deleted", "held", "live")))

    def close(self) -> None:
        """End the process."""
        self._child.kill()
        self._child.communicate()

    @staticmethod
    def _started() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.crdt_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
