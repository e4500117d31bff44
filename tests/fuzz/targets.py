"""What the coverage-guided fuzzer calls, in a process of its own: `python -m tests.fuzz.targets NAME CORPUS`."""

import sys
from collections.abc import Callable
from functools import partial

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["domain.yjs"]):
    from tests.fuzz.laws import check_frame, check_message, check_update, state_of
from hypothesis import HealthCheck, given, settings

from tests.fuzz.crdt import Crdt
from tests.fuzz.updates import random_updates


def _update(crdt: Crdt, data: bytes) -> None:
    check_update(data, crdt)


def _structured(crdt: Crdt) -> Callable[[bytes], object]:
    """Bytes choose among structs, so that most of what comes is well formed."""

    @settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(honest=random_updates(), data=random_updates())
    def checked(honest: bytes, data: bytes) -> None:
        check_update(data, crdt, before=state_of(honest))

    fuzz_one: Callable[[bytes], object] = checked.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    return fuzz_one


TARGETS: dict[str, Callable[[Crdt], Callable[[bytes], object]]] = {
    "update": lambda crdt: partial(_update, crdt),
    "structs": _structured,
    "message": lambda _crdt: check_message,
    "frame": lambda _crdt: check_frame,
}


if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name](Crdt()))
    atheris.Fuzz()
