"""Run as a script: waits for updates, and puts each into a document in a child that may take so much processor time."""

import os
import resource
import select
import signal
import struct
import time
from typing import Any, Final, NoReturn

from pycrdt import Doc

QUESTION: Final = struct.Struct("!dQQ")
"""The processor time that an update may take in seconds, the bytes of the document and of the update, which follow."""
REFUSED: Final = 3
LOADING_SECONDS_MAX: Final = 60
"""Processor time of all there is before."""
READ_BYTES_MAX: Final = 1024 * 1024
_QUESTIONS, _ANSWERS = 0, 1


def main() -> None:
    """Answer with lines: the seconds that it took, if it was done, and how the child ended."""
    while True:
        question = QUESTION.unpack(_read(QUESTION.size))
        ended, lives = os.pipe()
        child = os.fork()
        if not child:
            _try(*question)
        os.close(lives)
        if _is_left_before(ended):
            os.kill(child, signal.SIGKILL)
        os.close(ended)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        os.write(_ANSWERS, b"%d\n" % code)
        if code not in (0, REFUSED, -signal.SIGPROF):
            break  # what it has not read is no question


def _is_left_before(ended: int) -> bool:
    """Wait until the other end of the pipe is closed or whoever asked has hung up, and tell whether they did."""
    either = select.poll()
    either.register(ended, select.POLLHUP)
    either.register(_QUESTIONS, select.POLLHUP)
    return any(which == _QUESTIONS for which, _ in either.poll())


def _try(seconds_max: float, state_bytes: int, update_bytes: int) -> NoReturn:
    resource.setrlimit(resource.RLIMIT_CPU, (LOADING_SECONDS_MAX, LOADING_SECONDS_MAX))
    state, update = _read(state_bytes), _read(update_bytes)
    document: Doc[Any] = Doc()
    if state:
        document.apply_update(state)
    started = time.process_time()
    # The library is not interrupted, so the process is.
    signal.setitimer(signal.ITIMER_PROF, seconds_max)
    try:
        document.apply_update(update)
    except BaseException:  # noqa: BLE001 - a panic of the library is no Exception
        os._exit(REFUSED)
    signal.setitimer(signal.ITIMER_PROF, 0)
    os.write(_ANSWERS, b"%f " % (time.process_time() - started))
    os._exit(0)  # to let go of the document takes time, too


def _read(count: int) -> bytes:
    """Raises EOFError, which ends the process, when whoever asks is gone."""
    parts = []
    # Unbuffered: what one process takes too much of, the other would lack.
    while count:
        part = os.read(_QUESTIONS, min(count, READ_BYTES_MAX))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


if __name__ == "__main__":
    main()
