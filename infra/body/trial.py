"""Run as a script: puts an update into a document within so much processor time, or is ended by SIGPROF."""

import os
import resource
import signal
import sys
import time
from typing import Any, Final

from pycrdt import Doc

REFUSED: Final = 3
LOADING_SECONDS_MAX: Final = 60
"""Processor time of all there is before."""


def main(seconds_max: float, state_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (LOADING_SECONDS_MAX, LOADING_SECONDS_MAX))
    document: Doc[Any] = Doc()
    if state_bytes:
        document.apply_update(sys.stdin.buffer.read(state_bytes))
    update = sys.stdin.buffer.read()
    started = time.process_time()
    # The library is not interrupted, so the process is.
    signal.setitimer(signal.ITIMER_PROF, seconds_max)
    try:
        document.apply_update(update)
    except BaseException:  # noqa: BLE001 - a panic of the library is no Exception
        os._exit(REFUSED)
    signal.setitimer(signal.ITIMER_PROF, 0)
    sys.stdout.write(str(time.process_time() - started))
    sys.stdout.flush()
    os._exit(0)  # to let go of the document takes time, too


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
